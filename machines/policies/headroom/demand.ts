/**
 * The level of CPU demand. Demand flutters around its level, and the usual deviation is learned. What
 * leaves the level by many deviations is a new level: upwards at once, downwards when the mean of a
 * few seconds shows it.
 */
import * as t from 'io-ts';
import type { CpuSample } from './cpu-sample';
import type { HeadroomParameters } from './parameters';

/** All in cores. */
export const Demand = t.type({
  level: t.number,
  /** The usual distance from the level. */
  deviation: t.number,
  /** The mean of the last seconds. */
  fast: t.number,
});
export type Demand = t.TypeOf<typeof Demand>;

/** One sample's deviation counts up to so many usual ones: a step of the level is no flutter. */
const DEVIATION_MOST = 4;
/** So that the usual deviation can grow from nothing: a share of the level, and cores. */
const DEVIATION_LEAST_FRACTION = 0.01;
const DEVIATION_LEAST_CORES = 0.0025;

/** Share of the way that an exponential mean goes in a time, however often it is called. */
const towards = (elapsedMs: number, constantMs: number): number => 1 - Math.exp(-elapsedMs / constantMs);

const nextLevel = (
  { riseDeviations, fallDeviations, levelToleranceFraction, levelMs }: HeadroomParameters,
  { level, deviation }: Demand,
  fast: number,
  { demandCores, elapsedMs }: CpuSample,
): number => {
  const tolerance = levelToleranceFraction * level;
  if (demandCores > level + riseDeviations * deviation + tolerance) return demandCores;
  if (fast < level - fallDeviations * deviation - tolerance) return fast;
  return level + (demandCores - level) * towards(elapsedMs, levelMs);
};

/** Takes one sample; `old` is null before the first. */
export const observeDemand = (parameters: HeadroomParameters, old: Demand | null, sample: CpuSample): Demand => {
  const { demandCores, elapsedMs } = sample;
  if (old === null) return { level: demandCores, deviation: 0, fast: demandCores };
  const fast = old.fast + (demandCores - old.fast) * towards(elapsedMs, parameters.fallMs);
  const most = DEVIATION_MOST * old.deviation + DEVIATION_LEAST_FRACTION * old.level + DEVIATION_LEAST_CORES;
  const deviation = Math.min(Math.abs(demandCores - old.level), most);
  return {
    level: nextLevel(parameters, old, fast, sample),
    deviation: old.deviation + (deviation - old.deviation) * towards(elapsedMs, parameters.deviationMs),
    fast,
  };
};

/** Cores for a level and what flutters above it. */
export const levelNeedCores = ({ cpuHeadroomDeviations }: HeadroomParameters, { level, deviation }: Demand): number =>
  level + cpuHeadroomDeviations * deviation;
