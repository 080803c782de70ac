/**
 * How fast use grows. A straight line through the last second, from points at least 100 ms apart:
 * short enough to see a ramp within two samples, long enough that 64 KiB of rounding is no growth.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';

const SPACING_MS = 100;
const WINDOW_MS = 1_000;
/** WINDOW_MS / SPACING_MS: the ring never holds more. */
const POINTS_MAX = 10;
/** Slower than this is a flat line: one step of rounding per second. */
const FLAT_BYTES_PER_S = 128 * 1024;

const Point = t.tuple([finite, finite]);
export const Growth = t.type({
  /** [at, bytes], oldest first. */
  points: t.readonlyArray(Point),
  bytesPerS: finite,
});
export type Growth = t.TypeOf<typeof Growth>;

export const NO_GROWTH: Growth = { points: [], bytesPerS: 0 };

/** The steepest line from a point of the window to now: a ramp that has just begun must not be averaged away. */
const steepest = (points: Growth['points'], at: number, bytes: number): number => {
  let most = 0;
  for (const [pointAt, pointBytes] of points) {
    const elapsedMs = at - pointAt;
    if (elapsedMs >= SPACING_MS) most = Math.max(most, ((bytes - pointBytes) * 1000) / elapsedMs);
  }
  return most < FLAT_BYTES_PER_S ? 0 : most;
};

/** Takes one sample. Falling use counts as no growth; a gap longer than the window starts anew. */
export const observeUse = (growth: Growth, at: number, bytes: number): Growth => {
  const points = growth.points.filter(([pointAt]) => pointAt >= at - WINDOW_MS);
  const newest = points.at(-1);
  const bytesPerS = steepest(points, at, bytes);
  if (newest !== undefined && at - newest[0] < SPACING_MS) return { points, bytesPerS };
  return { points: [...points, [at, bytes] as [number, number]].slice(-POINTS_MAX), bytesPerS };
};

/** Takes in that until then use stood where the last sample had it. */
export const standUntil = (growth: Growth, at: number): Growth => {
  const newest = growth.points.at(-1);
  return newest === undefined ? growth : observeUse(growth, at, newest[1]);
};
