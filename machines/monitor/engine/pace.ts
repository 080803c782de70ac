/** How long until the next sample: fast when memory runs out, slow when nothing nears a limit. */
import { exceeds } from '../../shared/sizing';
import { SECOND_MS } from '../../shared/units';
import { toOutlook } from './observe';
import type { EngineState } from './state';

export const FAST_INTERVAL_MS = 10;
export const SAMPLING_INTERVAL_MS = 100;
export const CALM_INTERVAL_MS = SECOND_MS;

/** Less time than this to exhaustion: each sample counts. */
const FAST_BELOW_MS = 2 * SECOND_MS;
/** A shrink is watched at the short sampling interval for as long as unplugging commonly takes. */
const SHRINK_FAST_MS = 15 * SECOND_MS;
/** Calm only with this share of the size free, and the CPUs less than half busy. */
const CALM_RUNWAY_FRACTION = 0.25;
const CALM_CPU_FRACTION = 0.5;
const CALM_EXHAUSTION_MS = 60 * SECOND_MS;

type Paced = Pick<EngineState, 'domain' | 'statechart'>;

const isCpuCalm = ({ domain }: Paced): boolean => {
  const { cpu } = domain.readings;
  return cpu !== undefined && cpu.procsRunning <= CALM_CPU_FRACTION * cpu.onlineCpus;
};

/** Less may come late: nobody is short meanwhile. A size that is not known may be too small. */
const waitsForMore = ({ statechart: { context } }: Paced): boolean => {
  const { requesting, desired, granted } = context;
  return requesting !== null && (desired === null || granted === null || exceeds(desired, granted));
};

/** Milliseconds between samples, as the state stands at `at`. */
export const samplingIntervalMs = (state: Paced, at: number): number => {
  const { domain, statechart } = state;
  const { shrink } = statechart.context;
  if (shrink !== null && at - shrink.since < SHRINK_FAST_MS) return FAST_INTERVAL_MS;
  const outlook = toOutlook(at, domain, statechart.context);
  if (outlook === null) return SAMPLING_INTERVAL_MS;
  // Without growth a shorter sampling interval would show nothing new.
  if (domain.growth.bytesPerS > 0 && outlook.exhaustionMs < FAST_BELOW_MS) return FAST_INTERVAL_MS;
  const calm =
    !waitsForMore(state) &&
    statechart.context.downscale === null &&
    statechart.context.memory === 'normal' &&
    outlook.shortest.bytes > CALM_RUNWAY_FRACTION * outlook.shortest.sizeBytes &&
    outlook.exhaustionMs > CALM_EXHAUSTION_MS;
  return calm && isCpuCalm(state) ? CALM_INTERVAL_MS : SAMPLING_INTERVAL_MS;
};
