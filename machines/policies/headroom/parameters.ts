/** The parameters of `headroom`, each with its unit and the reason for its default. */
import { GIB, MIB, MINUTE_MS, SECOND_MS } from '../../units';
import { integerFrom, NOT_NEGATIVE, POSITIVE, requireFields } from '../../check';

export interface HeadroomParameters {
  /** Share added to the forecast of memory: what the forecast cannot know. */
  readonly memHeadroomFraction: number;
  /** Added to the forecast of memory: the kernel and the VM's services, as upstream reckons them. */
  readonly memBaseBytes: number;
  /** The forecast never exceeds present use by more: a single jump is not extrapolated without end. */
  readonly memForecastMostBytes: number;
  /** Share added to CPU demand: room for the next burst. */
  readonly cpuHeadroomFraction: number;
  /** Time constant of the smoothed demand that counts: bursts shorter than this only wait a little. */
  readonly cpuSmoothingMs: number;
  /** Size for the most that was needed this far back: slower down than up. */
  readonly windowMs: number;
  /** The same for forecasts: long enough to see whether they come true. */
  readonly forecastWindowMs: number;
  /** Needs are kept in the window in these steps, which bounds its length. */
  readonly cpuStep: number;
  readonly memStepBytes: number;
}

export const HEADROOM_DEFAULTS: HeadroomParameters = {
  memHeadroomFraction: 0.15,
  memBaseBytes: 100 * MIB,
  memForecastMostBytes: 8 * GIB,
  cpuHeadroomFraction: 0.15,
  cpuSmoothingMs: 5 * SECOND_MS,
  windowMs: 10 * MINUTE_MS,
  forecastWindowMs: MINUTE_MS,
  cpuStep: 0.05,
  memStepBytes: 32 * MIB,
};

/** Throws RangeError naming the parameter, its value and what is allowed. */
export const requireParameters = (parameters: HeadroomParameters): void => {
  requireFields('headroom', parameters, {
    memHeadroomFraction: NOT_NEGATIVE,
    memBaseBytes: NOT_NEGATIVE,
    memForecastMostBytes: NOT_NEGATIVE,
    cpuHeadroomFraction: NOT_NEGATIVE,
    cpuSmoothingMs: integerFrom(1),
    windowMs: integerFrom(1),
    forecastWindowMs: integerFrom(1),
    cpuStep: POSITIVE,
    memStepBytes: integerFrom(1),
  });
};
