/** The parameters of `headroom`: twelve quantities, each with its unit and the reason for its default. */
import type { Size } from '../../../shared/events/size';
import { GIB, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/units';
import {
  integerFrom,
  NOT_NEGATIVE,
  POSITIVE,
  PROPER_FRACTION,
  requireFields,
  type Allowed,
} from '../../../shared/check';

export interface HeadroomParameters {
  /** The step in which sizes change: needs are compared in whole units. Not a parameter: it is the operator's. */
  readonly computeUnit: Size;

  /** Time constant of the level of CPU demand: minutes, because jitter around a level needs no other size. */
  readonly levelMs: number;
  /** Demand so many usual changes away from the level is a new level: rare in jitter, met at once by a real step. */
  readonly levelChanges: number;
  /** Headroom above the level, in usual deviations: a short wait takes the rest. */
  readonly headroomDeviations: number;
  /** Waiting work that takes longer than this to be worked off is caught up with. Clients feel a second, but most waits of a second are about to end. */
  readonly clearMs: number;
  /** Tasks that have waited so long beside others that run, with all CPUs busy, are demand that the size hides. */
  readonly standingWaitMs: number;
  /** Some task waits for a CPU in so much of the time, by PSI in the mean of minutes: more than the level is kept. */
  readonly crowdedFraction: number;

  /** How long memory that was foreseen is asked for: long enough to see whether it comes true. */
  readonly forecastMs: number;

  /** What is remembered of the past (rises of use, returns to a level, the highest use) is forgotten by half in this time: the part of the day, not yesterday. */
  readonly memoryHalfLifeMs: number;
  /** A resize is worth so long a time at the present size: what a smaller size saves must pay for it. */
  readonly priceMs: number;
  /** A smaller size is looked at for so long: how it would have done before it is taken, and how it does before the next one. */
  readonly lookMs: number;

  /** Share of its time that work may spend waiting for page cache that a shrink took away: more, and the shrink is undone. */
  readonly cacheStallFraction: number;
  /** A shrink that takes page cache goes down by steps of so much of the size. */
  readonly probeFraction: number;
}

export const HEADROOM_DEFAULTS: HeadroomParameters = {
  computeUnit: { cpu: 0.25, mem: GIB },
  levelMs: 210 * SECOND_MS,
  levelChanges: 15,
  headroomDeviations: 0.3,
  clearMs: 1_400,
  standingWaitMs: 12 * SECOND_MS,
  crowdedFraction: 0.35,
  forecastMs: MINUTE_MS,
  memoryHalfLifeMs: 2 * HOUR_MS,
  priceMs: 240 * SECOND_MS,
  lookMs: 40 * SECOND_MS,
  cacheStallFraction: 0.1,
  probeFraction: 1 / 16,
};

/** What `--prefer` says: one dial from few cores and GiB to few waits. */
export type Preference = 'cost' | 'balanced' | 'performance';

export const PREFERENCES: Readonly<Record<Preference, Partial<HeadroomParameters>>> = {
  cost: { headroomDeviations: 0.1, priceMs: 120 * SECOND_MS, cacheStallFraction: 0.2 },
  balanced: {},
  performance: { headroomDeviations: 1, priceMs: 960 * SECOND_MS, cacheStallFraction: 0.03 },
};

const ALLOWED: Readonly<Record<Exclude<keyof HeadroomParameters, 'computeUnit'>, Allowed>> = {
  levelMs: integerFrom(1),
  levelChanges: NOT_NEGATIVE,
  headroomDeviations: NOT_NEGATIVE,
  clearMs: NOT_NEGATIVE,
  standingWaitMs: NOT_NEGATIVE,
  crowdedFraction: PROPER_FRACTION,
  forecastMs: integerFrom(1),
  memoryHalfLifeMs: integerFrom(1),
  priceMs: NOT_NEGATIVE,
  lookMs: integerFrom(1),
  cacheStallFraction: PROPER_FRACTION,
  probeFraction: PROPER_FRACTION,
};

/** With defaults for the keys left out. Throws RangeError naming the parameter, its value and what is allowed. */
export const completeParameters = (overrides: Partial<HeadroomParameters>): HeadroomParameters => {
  const parameters = { ...HEADROOM_DEFAULTS, ...overrides };
  requireFields('headroom', parameters, ALLOWED);
  requireFields('headroom.computeUnit', parameters.computeUnit, { cpu: POSITIVE, mem: integerFrom(1) });
  return parameters;
};
