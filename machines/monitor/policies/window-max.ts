/**
 * The maximum over a sliding window of time, as immutable plain JSON: a monotonic queue. Entries
 * grow in time and fall in value; what a later sample equals or exceeds can never be the maximum
 * again and is dropped, so the first entry is the maximum. Equal values collapse to the newest.
 *
 * It stays small because an entry remains only for each step on the way *down* since the maximum:
 * coarse values (whole units, 64 KiB) and steady or rising load leave one to a few.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';

export const MaxWindow = t.readonlyArray(t.readonly(t.type({ at: finite, value: finite })));
export type MaxWindow = t.TypeOf<typeof MaxWindow>;

export const EMPTY_WINDOW: MaxWindow = [];

/**
 * Bound of the queue (and so of its share in the log). A minute of samples at 10 Hz is 601, so it
 * is reached only by a fall through more steps than that at a shorter sampling interval. A full window takes a
 * new low as equal to its newest entry: for a while too high, never too low.
 */
export const MAX_WINDOW_ENTRIES = 1024;

/**
 * The window after a sample at `at` (ms). A sample of exactly `windowMs` age still counts.
 * Time must not go back: that breaks a promise of ours and throws RangeError.
 */
export const pushMax = (window: MaxWindow, at: number, value: number, windowMs: number): MaxWindow => {
  const newest = window[window.length - 1];
  if (newest === undefined) return [{ at, value }];
  if (at < newest.at) throw new RangeError(`at is ${at}; allowed: not before the newest sample, ${newest.at}`);

  const start = firstWithin(window, at, windowMs);
  const end = endAbove(window, start, value);
  if (end - start < MAX_WINDOW_ENTRIES) return appended(window, start, end, { at, value });
  return appended(window, start, end - 1, { at, value: newest.value });
};

/** The maximum of the samples within `windowMs` before the newest one; 0 before the first. */
export const maxOf = (window: MaxWindow): number => window[0]?.value ?? 0;

const firstWithin = (window: MaxWindow, at: number, windowMs: number): number => {
  let start = 0;
  for (const entry of window) {
    if (at - entry.at <= windowMs) break;
    start += 1;
  }
  return start;
};

/** One past the last entry whose value is above the new one's. */
const endAbove = (window: MaxWindow, start: number, value: number): number => {
  let end = window.length;
  while (end > start && (window[end - 1]?.value ?? value) <= value) end -= 1;
  return end;
};

const appended = (window: MaxWindow, start: number, end: number, entry: MaxWindow[number]): MaxWindow => {
  const kept = window.slice(start, end);
  kept.push(entry);
  return kept;
};
