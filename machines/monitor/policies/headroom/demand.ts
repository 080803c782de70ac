/**
 * The level of CPU demand. Demand varies around its level; the usual deviation from it, and the usual
 * change from one sample to the next, are learned. What leaves the level by many usual changes is a new
 * level: upwards at once, downwards when the mean of a few seconds shows it. Changes and not deviations,
 * because demand that rests between its steps deviates much but changes rarely.
 */
import * as t from 'io-ts';
import { finite } from '../../../shared/events/finite';
import { SECOND_MS } from '../../../shared/units';
import { isHidden, type CpuSample } from './cpu-sample';
import type { HeadroomParameters } from './parameters';

/** All in cores. */
export const Demand = t.type({
  level: finite,
  /** The usual distance from the level. */
  deviation: finite,
  /** The usual distance between two samples. */
  change: finite,
  /** The last sample, and the mean of the last seconds. */
  last: finite,
  fast: finite,
  /** The level before the last jump up, and how long ago that was. */
  jumpedFrom: finite,
  sinceJumpMs: finite,
});
export type Demand = t.TypeOf<typeof Demand>;

/** One sample's distance counts up to so many usual ones: a step of the level is no jitter. */
const DISTANCE_MOST = 4;
/** So that the usual distance can grow from nothing: a share of the level, and cores. */
const DISTANCE_LEAST_FRACTION = 0.01;
const DISTANCE_LEAST_CORES = 0.0025;

/** A share of the level that is never taken for a new one: rounding of clocks. */
const ROUNDING_FRACTION = 0.01;
/** A fall of the level must show in a mean over about so long; a rise in one sample. */
const FALL_MS = SECOND_MS;
/** The usual distance is learned faster than the level: it says what counts as a new one. At least headroomDeviations of it, or more demand could ask for less. */
const DEVIATION_FRACTION = 0.43;

/** Share of the way that an exponential mean goes in a time, however often it is called. */
const towards = (elapsedMs: number, constantMs: number): number => 1 - Math.exp(-elapsedMs / constantMs);

/** A level that is left again so soon was none: a spike, and jitter if it comes back. */
const SPIKE_MS = 10 * SECOND_MS;

type Level = Pick<Demand, 'level' | 'jumpedFrom' | 'sinceJumpMs'>;

const nextLevel = (
  { levelChanges, levelMs }: HeadroomParameters,
  { level, change, last, jumpedFrom, sinceJumpMs }: Demand,
  fast: number,
  sample: CpuSample,
): Level => {
  const { demandCores, elapsedMs } = sample;
  const far = levelChanges * change + ROUNDING_FRACTION * level;
  const since = sinceJumpMs + elapsedMs;
  // One second alone may be a burst that is over before a grant is there; what is known to wait is not over.
  const lasting = sample.waitingWork > 0 ? demandCores : Math.min(demandCores, last);
  if (lasting > level + far && !isHidden(sample)) return { level: lasting, jumpedFrom: level, sinceJumpMs: 0 };
  if (fast < level - far) return { level: fast, jumpedFrom, sinceJumpMs: since };
  const next = level + (demandCores - level) * towards(elapsedMs, levelMs);
  return { level: next, jumpedFrom, sinceJumpMs: since };
};

/** The level fell back to where it had come from within seconds: how far it was there and back. */
const spikeCores = (old: Demand, { level, sinceJumpMs }: Level): number =>
  sinceJumpMs > 0 && sinceJumpMs <= SPIKE_MS && level < (old.level + old.jumpedFrom) / 2 && old.level > old.jumpedFrom
    ? 2 * (old.level - old.jumpedFrom)
    : 0;

/** What is usual after one more distance. */
const nextUsual = (usual: number, distance: number, level: number, share: number): number => {
  const most = DISTANCE_MOST * usual + DISTANCE_LEAST_FRACTION * level + DISTANCE_LEAST_CORES;
  return usual + (Math.min(distance, most) - usual) * share;
};

const begun = (demandCores: number): Demand => ({
  level: demandCores,
  deviation: 0,
  change: 0,
  last: demandCores,
  fast: demandCores,
  jumpedFrom: demandCores,
  sinceJumpMs: 0,
});

/** Takes one sample; `old` is null before the first. */
export const observeDemand = (parameters: HeadroomParameters, old: Demand | null, sample: CpuSample): Demand => {
  const { demandCores, elapsedMs } = sample;
  if (old === null) return begun(demandCores);
  const fast = old.fast + (demandCores - old.fast) * towards(elapsedMs, FALL_MS);
  const { levelMs, headroomDeviations } = parameters;
  const share = towards(elapsedMs, Math.max(DEVIATION_FRACTION, headroomDeviations) * levelMs);
  const next = nextLevel(parameters, old, fast, sample);
  const change = nextUsual(old.change, Math.abs(demandCores - old.last), old.level, share);
  return {
    level: next.level,
    deviation: nextUsual(old.deviation, Math.abs(demandCores - old.level), old.level, share),
    change: change + share * spikeCores(old, next),
    last: demandCores,
    fast,
    jumpedFrom: next.jumpedFrom,
    sinceJumpMs: next.sinceJumpMs,
  };
};

/** Cores for a level and the jitter above it. */
export const levelNeedCores = ({ headroomDeviations }: HeadroomParameters, { level, deviation }: Demand): number =>
  level + headroomDeviations * deviation;
