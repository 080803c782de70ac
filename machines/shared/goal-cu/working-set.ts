/**
 * The working set of the file cache, read from its sizes for windows of 1, 2, … n minutes.
 * Source: neondatabase/autoscaling, pkg/agent/core/wss.go.
 */
import { FINITE, NOT_NEGATIVE, integerFrom, requireAllowed, requireEach } from '../check';

export interface WorkingSetRules {
  /** A plateau ends where growth is more than this many times the growth before; >= 0. */
  readonly maxAllowedIncreaseFactor: number;
  /** First index that may be the end of a plateau; at least windowSize - 1. */
  readonly initialOffset: number;
  /** Points compared to each side, the middle one included; at least 2. */
  readonly windowSize: number;
}

/**
 * The size at the end of the plateau: the first value after which the series grows more than
 * `maxAllowedIncreaseFactor` times as fast as before (Postgres touched other data then), or the
 * last value if there is none. Shrinking counts as no growth.
 * Throws RangeError for an empty series, a value that is not finite, and rules outside their bounds.
 */
export const estimateTrueWorkingSetSize = (series: readonly number[], rules: WorkingSetRules): number => {
  requireEach('series', series, FINITE);
  requireAllowed('series.length', series.length, integerFrom(1));
  requireAllowed('maxAllowedIncreaseFactor', rules.maxAllowedIncreaseFactor, NOT_NEGATIVE);
  requireAllowed('windowSize', rules.windowSize, integerFrom(2));
  requireAllowed('initialOffset', rules.initialOffset, integerFrom(rules.windowSize - 1));

  const reach = rules.windowSize - 1;
  const endsPlateau = (value: number, at: number): boolean => {
    const before = series[at - reach];
    const after = series[at + reach];
    if (at < rules.initialOffset || before === undefined || after === undefined) return false;
    return Math.max(0, after - value) > rules.maxAllowedIncreaseFactor * Math.max(0, value - before);
  };
  return series.find(endsPlateau) ?? last(series);
};

/**
 * The highest value that is to be expected `projectLen` steps on: each step up is drawn further by
 * that much, a step down is taken as level.
 * Throws RangeError for fewer than two values, a value that is not finite, and a negative length.
 */
export const projectNextHighest = (series: readonly number[], projectLen: number): number => {
  requireEach('series', series, FINITE);
  requireAllowed('series.length', series.length, integerFrom(2));
  requireAllowed('projectLen', projectLen, NOT_NEGATIVE);
  const project = (from: number, next: number): number => {
    const to = Math.max(from, next);
    return to + (to - from) * projectLen;
  };
  return series.reduce((highest, next, at) => Math.max(highest, project(series[at - 1] ?? next, next)), -Infinity);
};

const last = (series: readonly number[]): number => series[series.length - 1] ?? 0;
