/**
 * How fast use grows. The steepest line through a part of the last second, from points at least 100 ms apart, is for
 * protection: short enough to see a ramp within two samples, long enough that 64 KiB of rounding is no growth. Sizes go by
 * growth that has lasted for all of that second: a burst of 100 ms says nothing of the next grant.
 */
import * as t from 'io-ts';
import { defaulted } from '../../shared/events/defaulted';
import { finite } from '../../shared/events/finite';

const SPACING_MS = 100;
const WINDOW_MS = 1_000;
/** A sample of each second may be a little late. */
const KEPT_MS = 1_250;
const SECOND_AT_LEAST_MS = 900;
/** KEPT_MS / SPACING_MS: the ring never holds more. */
const POINTS_MAX = 12;
/** Slower than this is a flat line: one step of rounding per second. */
const FLAT_BYTES_PER_S = 128 * 1024;

const Point = t.tuple([finite, finite]);
export const Growth = t.type({
  /** [at, bytes], oldest first. */
  points: t.readonlyArray(Point),
  bytesPerS: finite,
  sustainedBytesPerS: defaulted(finite, 0),
});
export type Growth = t.TypeOf<typeof Growth>;

export const NO_GROWTH: Growth = { points: [], bytesPerS: 0, sustainedBytesPerS: 0 };

/** The steepest line from a point of the window to now: a ramp that has just begun must not be averaged away. */
const steepest = (points: Growth['points'], at: number, bytes: number): number => {
  let most = 0;
  for (const [pointAt, pointBytes] of points) {
    const elapsedMs = at - pointAt;
    if (elapsedMs >= SPACING_MS && elapsedMs <= WINDOW_MS)
      most = Math.max(most, ((bytes - pointBytes) * 1000) / elapsedMs);
  }
  return most < FLAT_BYTES_PER_S ? 0 : most;
};

const slope = ([fromAt, from]: Growth['points'][number], at: number, bytes: number): number =>
  ((bytes - from) * 1000) / (at - fromAt);

/** The flatter half of the last second; all of it, where there are no more points. */
const sustained = (points: Growth['points'], at: number, bytes: number): number => {
  const oldest = points[0];
  if (oldest === undefined || at - oldest[0] < SECOND_AT_LEAST_MS) return 0;
  const middle = points.find(([pointAt]) => pointAt >= (oldest[0] + at) / 2 && pointAt < at);
  const whole = slope(oldest, at, bytes);
  const least =
    middle === undefined ? whole : Math.min(whole, slope(oldest, middle[0], middle[1]), slope(middle, at, bytes));
  return least < FLAT_BYTES_PER_S ? 0 : least;
};

/** Takes one sample. Falling use counts as no growth; a gap longer than the window starts anew. */
export const observeUse = (growth: Growth, at: number, bytes: number): Growth => {
  const points = growth.points.filter(([pointAt]) => pointAt >= at - KEPT_MS);
  const newest = points.at(-1);
  const speeds = { bytesPerS: steepest(points, at, bytes), sustainedBytesPerS: sustained(points, at, bytes) };
  if (newest !== undefined && at - newest[0] < SPACING_MS) return { points, ...speeds };
  return { points: [...points, [at, bytes] as [number, number]].slice(-POINTS_MAX), ...speeds };
};

/** Takes in that until then use stood where the last sample had it. */
export const standUntil = (growth: Growth, at: number): Growth => {
  const newest = growth.points.at(-1);
  return newest === undefined ? growth : observeUse(growth, at, newest[1]);
};

/** From the lowest point of the last second to the newest one. */
export const riseBytes = ({ points }: Growth): number => {
  const newest = points.at(-1)?.[1] ?? 0;
  return points.reduce((rise, [, bytes]) => Math.max(rise, newest - bytes), 0);
};
