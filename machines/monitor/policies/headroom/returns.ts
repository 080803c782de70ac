/**
 * How soon the recommendation returns above a level: the time that it spent at or below each level, over how often it
 * rose above it. What has come back every few minutes is worth keeping; what came once a day is not.
 * Levels are whole compute units.
 */
import * as t from 'io-ts';
import { finite } from '../../../shared/events/finite';

export const Returns = t.type({
  /** The present level and since when. */
  level: finite,
  since: finite,
  /** By level: milliseconds at or below it, and rises above it, both fading with time. */
  retainedMs: t.readonlyArray(finite),
  rises: t.readonlyArray(finite),
  /** All time, fading: that of levels which were never exceeded. */
  totalMs: finite,
});
export type Returns = t.TypeOf<typeof Returns>;

/** Bounds the state: levels above share what is known of the highest. */
const LEVEL_MOST = 512;

const capped = (level: number): number => Math.min(level, LEVEL_MOST);

export const returnsFrom = (at: number, level: number): Returns => ({
  level: capped(level),
  since: at,
  retainedMs: [],
  rises: [],
  totalMs: 0,
});

/** What is left of a memory after a time. */
const fading = (elapsedMs: number, halfLifeMs: number): number => 2 ** (-elapsedMs / halfLifeMs);

/** Takes the level that is needed now. The same object while that does not change. */
export const observeLevel = (returns: Returns, at: number, needed: number, halfLifeMs: number): Returns => {
  const level = capped(needed);
  if (level === returns.level) return returns;
  const stayedMs = at - returns.since;
  const kept = fading(stayedMs, halfLifeMs);
  const highest = Math.max(returns.retainedMs.length, returns.level, level);
  const throttledMs: number[] = [];
  const rises: number[] = [];
  for (let one = 0; one < highest; one += 1) {
    const held = kept * (returns.retainedMs[one] ?? returns.totalMs);
    const rose = kept * (returns.rises[one] ?? 0);
    throttledMs.push(one >= returns.level ? held + stayedMs : held);
    rises.push(one >= returns.level && one < level ? rose + 1 : rose);
  }
  return { level, since: at, retainedMs: throttledMs, rises, totalMs: kept * returns.totalMs + stayedMs };
};

/** What is left at `at` of what is remembered. */
export const keptAt = ({ since }: Returns, at: number, halfLifeMs: number): number => fading(at - since, halfLifeMs);

/** How long the recommendation is expected to stay at or below a level, now that it is there: never 0. `kept`: keptAt. */
export const expectedStayMs = (
  returns: Returns,
  at: number,
  level: number,
  kept: number,
  unknownReturnMs: number,
): number => {
  const held =
    kept * (returns.retainedMs[level] ?? returns.totalMs) + (returns.level <= level ? at - returns.since : 0);
  return (held + unknownReturnMs) / (kept * (returns.rises[level] ?? 0) + 1);
};
