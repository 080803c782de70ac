/** How long until the next beat: fast when memory runs out, slow when nothing nears a limit. */
import { exceeds } from '../../shared/sizing';
import { SECOND_MS } from '../../shared/units';
import { toOutlook } from './observe';
import type { EngineState } from './state';

export const BEAT_FAST_MS = 10;
export const BEAT_MS = 100;
export const BEAT_CALM_MS = SECOND_MS;

/** Less time than this to exhaustion: each beat counts. */
const FAST_BELOW_MS = 2 * SECOND_MS;
/** A shrink is watched at the fast beat for as long as unplugging commonly takes. */
const SHRINK_FAST_MS = 15 * SECOND_MS;
/** Calm only with this share of the size free, and the CPUs less than half busy. */
const CALM_RUNWAY_FRACTION = 0.25;
const CALM_CPU_FRACTION = 0.5;
const CALM_EXHAUSTION_MS = 60 * SECOND_MS;

type Paced = Pick<EngineState, 'domain' | 'chart'>;

const isCpuCalm = ({ domain }: Paced): boolean => {
  const { cpu } = domain.readings;
  return cpu !== undefined && cpu.procsRunning <= CALM_CPU_FRACTION * cpu.onlineCpus;
};

/** Less may come late: nobody is short meanwhile. A size that is not known may be too small. */
const waitsForMore = ({ chart: { context } }: Paced): boolean => {
  const { asking, desired, granted } = context;
  return asking !== null && (desired === null || granted === null || exceeds(desired, granted));
};

/** Milliseconds between beats, as the state stands at `at`. */
export const beatMs = (state: Paced, at: number): number => {
  const { domain, chart } = state;
  const { shrink } = chart.context;
  if (shrink !== null && at - shrink.since < SHRINK_FAST_MS) return BEAT_FAST_MS;
  const outlook = toOutlook(at, domain, chart.context);
  if (outlook === null) return BEAT_MS;
  // Without growth a faster beat would show nothing new.
  if (domain.growth.bytesPerS > 0 && outlook.exhaustionMs < FAST_BELOW_MS) return BEAT_FAST_MS;
  const calm =
    !waitsForMore(state) &&
    chart.context.downscale === null &&
    domain.verdict.verdict === 'calm' &&
    outlook.runwayBytes > CALM_RUNWAY_FRACTION * outlook.sizeBytes &&
    outlook.exhaustionMs > CALM_EXHAUSTION_MS;
  return calm && isCpuCalm(state) ? BEAT_CALM_MS : BEAT_MS;
};
