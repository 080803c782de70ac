/** Memory for what is in use, for how fast it can grow, and for the cache that is read again. */
import * as t from 'io-ts';
import { finite } from '../../../shared/events/finite';
import type { Observation } from '../policy';
import type { HeadroomParameters } from './parameters';

export const MemoryNeed = t.type({
  /** The steepest growth, forgotten by half in growthHalfLifeMs. */
  steepestBytesPerS: finite,
  /** Memory for a forecast, and until when it is asked for. */
  forecastBytes: finite,
  forecastUntil: finite,
});
export type MemoryNeed = t.TypeOf<typeof MemoryNeed>;

export const NO_MEMORY_NEED: MemoryNeed = { steepestBytesPerS: 0, forecastBytes: 0, forecastUntil: 0 };

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

/** Room that stands ready for growth as steep as has been seen. */
export const standingRoomBytes = (
  parameters: HeadroomParameters,
  { steepestBytesPerS }: MemoryNeed,
  seen: Observation,
): number =>
  Math.min(
    (steepestBytesPerS * leadMs(parameters, seen)) / 1000,
    parameters.standingRoomMostFraction * (seen.neededBytes ?? 0),
  );

/** Memory for present use. */
export const presentBytes = (
  parameters: HeadroomParameters,
  state: MemoryNeed,
  seen: Observation,
  needed: number,
): number =>
  needed * (1 + parameters.memHeadroomFraction) +
  parameters.memBaseBytes +
  standingRoomBytes(parameters, state, seen) +
  workingCacheBytes(parameters, seen);

/** Use when the grants that matter have arrived, and the kernel's share. */
const foreseenBytes = (parameters: HeadroomParameters, seen: Observation, needed: number): number => {
  if (seen.growthBytesPerS <= 0) return 0;
  const growth = (seen.growthBytesPerS * leadMs(parameters, seen)) / 1000;
  return needed + Math.min(parameters.memForecastMostBytes, growth) + parameters.memBaseBytes;
};

/** Takes one beat with this use. */
export const observeMemory = (
  parameters: HeadroomParameters,
  state: MemoryNeed,
  seen: Observation,
  needed: number,
): MemoryNeed => {
  const { at, elapsedMs, growthBytesPerS } = seen;
  const kept = state.steepestBytesPerS * 2 ** (-elapsedMs / parameters.growthHalfLifeMs);
  const foreseen = foreseenBytes(parameters, seen, needed);
  const holds = at <= state.forecastUntil && state.forecastBytes > foreseen;
  const until = foreseen > 0 ? at + parameters.forecastHoldMs : 0;
  return {
    steepestBytesPerS: Math.max(kept, growthBytesPerS),
    forecastBytes: holds ? state.forecastBytes : foreseen,
    forecastUntil: holds ? state.forecastUntil : until,
  };
};
