/** Memory for what is in use, for what it is about to become, and for how fast it has been seen to rise. */
import * as t from 'io-ts';
import { finite } from '../../../shared/events/finite';
import { nullable } from '../../../shared/events/nullable';
import { GOAL_CU_DEFAULTS } from '../../../shared/goal-cu/config';
import { fileCachePart } from '../../../shared/goal-cu/file-cache-part';
import { sizeHolding } from '../../memory/ladder';
import type { Observation } from '../policy';
import type { HeadroomParameters } from './parameters';

export const MemoryMemory = t.type({
  /** The highest rise within a grant, and the highest use, both fading towards the present. */
  highestRiseBytes: finite,
  highestBytes: finite,
  /** Use when the present growth began; null: nothing grows. */
  grewFromBytes: nullable(finite),
  /** Memory that was foreseen, and until when it is asked for. */
  forecastBytes: finite,
  forecastUntil: finite,
});
export type MemoryMemory = t.TypeOf<typeof MemoryMemory>;

export const NO_MEMORY: MemoryMemory = {
  highestRiseBytes: 0,
  highestBytes: 0,
  grewFromBytes: null,
  forecastBytes: 0,
  forecastUntil: 0,
};

/**
 * The part of the file cache that is read again: its working set, as an agent of Neon reads it; all of the cache where the server
 * does not say. Once only: the pages of a cache on disk lie in the page cache.
 */
export const workingCacheBytes = ({ workingSetPages, fileCacheBytes, granted }: Observation): number => {
  if (workingSetPages === null) return fileCacheBytes ?? 0;
  const { workingSetBytes } = fileCachePart(GOAL_CU_DEFAULTS, granted.mem, workingSetPages);
  return Math.max(0, workingSetBytes ?? fileCacheBytes ?? 0);
};

/** A late sample, and the way to the agent. */
const SLACK_MS = 500;

/** Until what is asked for now is there. */
const leadMs = ({ grantUpMs }: Observation): number => grantUpMs + SLACK_MS;

/** Room for a rise as high as has been seen, but for no more use than has been seen. */
export const standingRoomBytes = ({ highestRiseBytes, highestBytes }: MemoryMemory, use: number): number =>
  Math.min(highestRiseBytes, Math.max(0, highestBytes - use));

/** A size that holds so much use, all that stands beside it, and what the ladder recommends to leave. */
const holding = (use: number, observed: Observation): number =>
  sizeHolding('recommended', use + observed.besideBytes + workingCacheBytes(observed) + observed.keptBytes);

/** For present use. */
export const presentBytes = (state: MemoryMemory, observed: Observation, use: number): number =>
  holding(use + standingRoomBytes(state, use), observed);

/**
 * Use when the grants that matter have arrived. Growth is not believed to go further than it has come, unless to where use
 * has been before: else slow grants would make of a short rise a large one.
 */
const foreseenBytes = ({ grewFromBytes, highestBytes }: MemoryMemory, observed: Observation, use: number): number => {
  if (grewFromBytes === null) return 0;
  const rise = (observed.growthBytesPerS * leadMs(observed)) / 1000;
  return holding(use + Math.min(rise, Math.max(use - grewFromBytes, highestBytes - use)), observed);
};

const fading = (elapsedMs: number, halfLifeMs: number): number => 2 ** (-elapsedMs / halfLifeMs);

/** Takes one sample with this use. */
export const observeMemory = (
  parameters: HeadroomParameters,
  state: MemoryMemory,
  observed: Observation,
  use: number,
): MemoryMemory => {
  const { at, elapsedMs, growthBytesPerS } = observed;
  const kept = fading(elapsedMs, parameters.memoryHalfLifeMs);
  const grew = growthBytesPerS > 0;
  const rose = (growthBytesPerS * elapsedMs) / 1000;
  const next: MemoryMemory = {
    highestRiseBytes: Math.max(
      kept * state.highestRiseBytes,
      observed.riseBytes,
      (growthBytesPerS * leadMs(observed)) / 1000,
    ),
    highestBytes: Math.max(use, use + kept * (state.highestBytes - use)),
    grewFromBytes: grew ? Math.min(state.grewFromBytes ?? use - rose, use) : null,
    forecastBytes: state.forecastBytes,
    forecastUntil: state.forecastUntil,
  };
  const foreseen = foreseenBytes(next, observed, use);
  if (at <= state.forecastUntil && state.forecastBytes > foreseen) return next;
  return { ...next, forecastBytes: foreseen, forecastUntil: foreseen > 0 ? at + parameters.forecastMs : 0 };
};
