/** How long something takes: fixed, or drawn anew each time. */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import { standardNormal } from '../random';

export const Duration = t.union([
  t.type({ kind: t.literal('fixed'), ms: finite }),
  /** Median and the standard deviation of the logarithm: most are near the median, some many times as long. */
  t.type({ kind: t.literal('lognormal'), medianMs: finite, sigma: finite }),
  /** The shortest and the exponent of the tail; below 2 the variance is infinite. */
  t.type({ kind: t.literal('pareto'), leastMs: finite, alpha: finite }),
]);
export type Duration = t.TypeOf<typeof Duration>;

/** Whatever the tail says, nobody waits longer. */
const LONGEST_MS = 600_000;

const draw = (duration: Duration, random: () => number): number => {
  switch (duration.kind) {
    case 'fixed':
      return duration.ms;
    case 'lognormal':
      return duration.medianMs * Math.exp(duration.sigma * standardNormal(random)());
    case 'pareto':
      return duration.leastMs * (1 - random()) ** (-1 / duration.alpha);
  }
};

/** Whole milliseconds. */
export const drawMs = (duration: Duration, random: () => number): number =>
  Math.min(LONGEST_MS, Math.round(draw(duration, random)));
