/** The parameters of `headroom`, each with its unit and the reason for its default. */
import type { Size } from '../../../shared/events/size';
import { GIB, HOUR_MS, MIB, MINUTE_MS, SECOND_MS } from '../../../shared/units';
import {
  integerFrom,
  NOT_NEGATIVE,
  POSITIVE,
  PROPER_FRACTION,
  requireFields,
  type Allowed,
} from '../../../shared/check';

export interface HeadroomParameters {
  /** The step in which sizes change: needs are compared in whole units. */
  readonly computeUnit: Size;

  /** Time constant of the level of demand: minutes, because jitter around a level needs no other size. */
  readonly levelMs: number;
  /** Time constant of its usual deviation and change: at least the level's by cpuHeadroomDeviations, or more demand could ask for less. */
  readonly deviationMs: number;
  /** Time constant of the fast mean that a fall of the level must show in. */
  readonly fallMs: number;
  /** Demand so many usual changes above the level is a new level: rare in jitter, met at once by a real step. */
  readonly riseChanges: number;
  /** The same downwards, for the fast mean. Less is asked: a level that is too low only lets a queue begin. */
  readonly fallChanges: number;
  /** A share of the level that is never taken for a new one: rounding of clocks. */
  readonly levelToleranceFraction: number;
  /** Headroom above the level, in deviations: a short queue takes the rest. */
  readonly cpuHeadroomDeviations: number;

  /**
   * Waiting work is caught up with when it exceeds the level of so many seconds. Clients feel a second, but
   * most queues of a second are about to end: each that is waited for saves two resizes.
   */
  readonly queueSeconds: number;
  /** Share of the waiting work that is added to the demand, to catch up within seconds. */
  readonly catchUpFraction: number;
  /** How long headroom for catching up is asked for: long enough to be granted and used. */
  readonly catchUpMs: number;
  /** Work that waits all this time is demand that the size hides. */
  readonly standingQueueMs: number;
  /** … if it is more than this share of demand. */
  readonly standingQueueFraction: number;

  /** Share added to memory in use: what a second's sample does not show. */
  readonly memHeadroomFraction: number;
  /** Added to memory in use: the kernel and the VM's services, as upstream reckons them. */
  readonly memBaseBytes: number;
  /** Growth is forecast over so many grants: the one that is asked for now, and the one after it. */
  readonly forecastGrants: number;
  /** The forecast never exceeds present use by more: a single jump is not extrapolated without end. */
  readonly memForecastMostBytes: number;
  /** How long headroom for a forecast is asked for: long enough to see whether it comes true. */
  readonly forecastHoldMs: number;
  /** The steepest growth is forgotten by half in this time: it leaves standing headroom, because memory cannot wait. */
  readonly growthHalfLifeMs: number;
  /** Standing headroom is at most this share of use. */
  readonly standingRoomMostFraction: number;
  /** The file cache's working set of so many minutes is kept, as far as it is cached: older pages are seldom read again. */
  readonly workingSetMinutes: number;

  /** A resize is worth so long a time at the retained size: the fewest resizes at a cost below goal-cu's. */
  readonly priceMs: number;
  /** Share of the price that a smaller size must have saved already: no shrink on hope alone. */
  readonly earnedFraction: number;
  /** A shrink looks back at least so long. */
  readonly settleMs: number;
  /** … and at most so long. */
  readonly longestLookMs: number;
  /** Half-life of what is remembered of returns to a level: the part of the day, not yesterday. */
  readonly returnsHalfLifeMs: number;
  /** A level that was never left is assumed to be left after this time. */
  readonly unknownReturnMs: number;
  /** Headroom that is taken with each step up, so that slow growth is not a resize a unit. */
  readonly growthRoomFraction: number;
}

export const HEADROOM_DEFAULTS: HeadroomParameters = {
  computeUnit: { cpu: 0.25, mem: GIB },
  levelMs: 210 * SECOND_MS,
  deviationMs: 90 * SECOND_MS,
  fallMs: SECOND_MS,
  riseChanges: 15,
  fallChanges: 12,
  levelToleranceFraction: 0.01,
  cpuHeadroomDeviations: 0.33,
  queueSeconds: 1.4,
  catchUpFraction: 0.25,
  catchUpMs: 8 * SECOND_MS,
  standingQueueMs: 12 * SECOND_MS,
  standingQueueFraction: 0.5,
  memHeadroomFraction: 0.003,
  memBaseBytes: 100 * MIB,
  forecastGrants: 2,
  memForecastMostBytes: 8 * GIB,
  forecastHoldMs: MINUTE_MS,
  growthHalfLifeMs: 6 * HOUR_MS,
  standingRoomMostFraction: 0.5,
  workingSetMinutes: 10,
  priceMs: 240 * SECOND_MS,
  earnedFraction: 0.1,
  settleMs: 45 * SECOND_MS,
  longestLookMs: HOUR_MS,
  returnsHalfLifeMs: 3 * HOUR_MS,
  unknownReturnMs: 1_000 * SECOND_MS,
  growthRoomFraction: 0.055,
};

const ALLOWED: Readonly<Record<Exclude<keyof HeadroomParameters, 'computeUnit'>, Allowed>> = {
  levelMs: integerFrom(1),
  deviationMs: integerFrom(1),
  fallMs: integerFrom(1),
  riseChanges: NOT_NEGATIVE,
  fallChanges: NOT_NEGATIVE,
  levelToleranceFraction: NOT_NEGATIVE,
  cpuHeadroomDeviations: NOT_NEGATIVE,
  queueSeconds: POSITIVE,
  catchUpFraction: NOT_NEGATIVE,
  catchUpMs: integerFrom(1),
  standingQueueMs: integerFrom(1),
  standingQueueFraction: NOT_NEGATIVE,
  memHeadroomFraction: NOT_NEGATIVE,
  memBaseBytes: NOT_NEGATIVE,
  forecastGrants: NOT_NEGATIVE,
  memForecastMostBytes: NOT_NEGATIVE,
  forecastHoldMs: integerFrom(1),
  growthHalfLifeMs: integerFrom(1),
  standingRoomMostFraction: NOT_NEGATIVE,
  workingSetMinutes: integerFrom(1),
  priceMs: NOT_NEGATIVE,
  earnedFraction: PROPER_FRACTION,
  settleMs: integerFrom(1),
  longestLookMs: integerFrom(1),
  returnsHalfLifeMs: integerFrom(1),
  unknownReturnMs: POSITIVE,
  growthRoomFraction: NOT_NEGATIVE,
};

/** With defaults for the keys left out. Throws RangeError naming the parameter, its value and what is allowed. */
export const completeParameters = (overrides: Partial<HeadroomParameters>): HeadroomParameters => {
  const parameters = { ...HEADROOM_DEFAULTS, ...overrides };
  requireFields('headroom', parameters, ALLOWED);
  requireFields('headroom.computeUnit', parameters.computeUnit, { cpu: POSITIVE, mem: integerFrom(1) });
  // Else a moment nearer to the level would ask for less than a quieter one.
  const { levelMs, cpuHeadroomDeviations, settleMs } = parameters;
  const calmestMs = Math.ceil(levelMs * cpuHeadroomDeviations);
  requireFields('headroom', parameters, {
    deviationMs: integerFrom(Math.max(1, calmestMs)),
    longestLookMs: integerFrom(settleMs),
  });
  return parameters;
};
