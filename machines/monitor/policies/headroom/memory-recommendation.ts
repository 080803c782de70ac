/** Memory for what is in use, for how fast it can grow, and for the cache that is read again. */
import * as t from 'io-ts';
import { finite } from '../../../shared/events/finite';
import type { Observation } from '../policy';
import type { HeadroomParameters } from './parameters';

export const MemoryRecommendation = t.type({
  /** The steepest growth, forgotten by half in growthHalfLifeMs. */
  steepestBytesPerS: finite,
  /** Memory for a forecast, and until when it is asked for. */
  forecastBytes: finite,
  forecastUntil: finite,
});
export type MemoryRecommendation = t.TypeOf<typeof MemoryRecommendation>;

export const NO_MEMORY_RECOMMENDATION: MemoryRecommendation = {
  steepestBytesPerS: 0,
  forecastBytes: 0,
  forecastUntil: 0,
};

/** Postgres' page. */
const PAGE_BYTES = 8192;

/** Time over which growth is foreseen. */
const leadMs = ({ forecastGrants }: HeadroomParameters, { grantUpMs }: Observation): number =>
  forecastGrants * grantUpMs;

/** The part of the page cache that is in the file cache's working set; 0 where it is not known. */
export const workingCacheBytes = (
  { workingSetMinutes }: HeadroomParameters,
  { workingSetPages, cachedBytes }: Observation,
): number => {
  if (workingSetPages === null || cachedBytes === null) return 0;
  const pages = workingSetPages[workingSetMinutes - 1] ?? workingSetPages.at(-1) ?? 0;
  return Math.min(cachedBytes, Math.max(0, pages) * PAGE_BYTES);
};

/** Memory that stands ready for growth as steep as has been seen. */
export const standingRoomBytes = (
  parameters: HeadroomParameters,
  { steepestBytesPerS }: MemoryRecommendation,
  observed: Observation,
): number =>
  Math.min(
    (steepestBytesPerS * leadMs(parameters, observed)) / 1000,
    parameters.standingRoomMostFraction * (observed.neededBytes ?? 0),
  );

/** Memory for present use. */
export const presentBytes = (
  parameters: HeadroomParameters,
  state: MemoryRecommendation,
  observed: Observation,
  needed: number,
): number =>
  needed * (1 + parameters.memHeadroomFraction) +
  parameters.memBaseBytes +
  standingRoomBytes(parameters, state, observed) +
  workingCacheBytes(parameters, observed);

/** Use when the grants that matter have arrived, and the kernel's share. */
const foreseenBytes = (parameters: HeadroomParameters, observed: Observation, needed: number): number => {
  if (observed.growthBytesPerS <= 0) return 0;
  const growth = (observed.growthBytesPerS * leadMs(parameters, observed)) / 1000;
  return needed + Math.min(parameters.memForecastMostBytes, growth) + parameters.memBaseBytes;
};

/** Takes one sample with this use. */
export const observeMemory = (
  parameters: HeadroomParameters,
  state: MemoryRecommendation,
  observed: Observation,
  needed: number,
): MemoryRecommendation => {
  const { at, elapsedMs, growthBytesPerS } = observed;
  const kept = state.steepestBytesPerS * 2 ** (-elapsedMs / parameters.growthHalfLifeMs);
  const foreseen = foreseenBytes(parameters, observed, needed);
  const holds = at <= state.forecastUntil && state.forecastBytes > foreseen;
  const until = foreseen > 0 ? at + parameters.forecastHoldMs : 0;
  return {
    steepestBytesPerS: Math.max(kept, growthBytesPerS),
    forecastBytes: holds ? state.forecastBytes : foreseen,
    forecastUntil: holds ? state.forecastUntil : until,
  };
};
