/**
 * The level of CPU demand. Demand varies around its level; the usual deviation from it, and the usual
 * change from one sample to the next, are learned. What leaves the level by many usual changes is a new
 * level: upwards at once, downwards when the mean of a few seconds shows it. Changes and not deviations,
 * because demand that rests between its steps deviates much but changes rarely.
 */
import * as t from 'io-ts';
import { finite } from '../../../shared/events/finite';
import type { CpuSample } from './cpu-sample';
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
});
export type Demand = t.TypeOf<typeof Demand>;

/** One sample's distance counts up to so many usual ones: a step of the level is no jitter. */
const DISTANCE_MOST = 4;
/** So that the usual distance can grow from nothing: a share of the level, and cores. */
const DISTANCE_LEAST_FRACTION = 0.01;
const DISTANCE_LEAST_CORES = 0.0025;

/** Share of the way that an exponential mean goes in a time, however often it is called. */
const towards = (elapsedMs: number, constantMs: number): number => 1 - Math.exp(-elapsedMs / constantMs);

const nextLevel = (
  { riseChanges, fallChanges, levelToleranceFraction, levelMs }: HeadroomParameters,
  { level, change }: Demand,
  fast: number,
  { demandCores, elapsedMs }: CpuSample,
): number => {
  const tolerance = levelToleranceFraction * level;
  if (demandCores > level + riseChanges * change + tolerance) return demandCores;
  if (fast < level - fallChanges * change - tolerance) return fast;
  return level + (demandCores - level) * towards(elapsedMs, levelMs);
};

/** What is usual after one more distance. */
const nextUsual = (usual: number, distance: number, level: number, share: number): number => {
  const most = DISTANCE_MOST * usual + DISTANCE_LEAST_FRACTION * level + DISTANCE_LEAST_CORES;
  return usual + (Math.min(distance, most) - usual) * share;
};

/** Takes one sample; `old` is null before the first. */
export const observeDemand = (parameters: HeadroomParameters, old: Demand | null, sample: CpuSample): Demand => {
  const { demandCores, elapsedMs } = sample;
  if (old === null) return { level: demandCores, deviation: 0, change: 0, last: demandCores, fast: demandCores };
  const fast = old.fast + (demandCores - old.fast) * towards(elapsedMs, parameters.fallMs);
  const share = towards(elapsedMs, parameters.deviationMs);
  return {
    level: nextLevel(parameters, old, fast, sample),
    deviation: nextUsual(old.deviation, Math.abs(demandCores - old.level), old.level, share),
    change: nextUsual(old.change, Math.abs(demandCores - old.last), old.level, share),
    last: demandCores,
    fast,
  };
};

/** Cores for a level and the jitter above it. */
export const levelNeedCores = ({ cpuHeadroomDeviations }: HeadroomParameters, { level, deviation }: Demand): number =>
  level + cpuHeadroomDeviations * deviation;
