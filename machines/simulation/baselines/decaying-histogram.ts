/**
 * A histogram whose samples lose half of their weight in each half-life, as immutable plain JSON.
 * Source of buckets and weights: kubernetes/autoscaler, vertical-pod-autoscaler, pkg/recommender/util.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';

export interface HistogramShape {
  /** Width of the first bucket; each further one is wider by `ratio`. */
  readonly first: number;
  readonly ratio: number;
  readonly buckets: number;
}

export const DecayingHistogram = t.type({
  weights: t.readonlyArray(finite),
  /** Samples taken at this time have weight 1; ms. */
  reference: finite,
});
export type DecayingHistogram = t.TypeOf<typeof DecayingHistogram>;

export const emptyHistogram = ({ buckets }: HistogramShape): DecayingHistogram => ({
  weights: new Array<number>(buckets).fill(0),
  reference: 0,
});

/** Later samples weigh 2^(age of the reference); before that overflows, all weights are halved down to a newer one. */
const MOST_DOUBLINGS = 100;

const startOf = ({ first, ratio }: HistogramShape, bucket: number): number =>
  (first * (ratio ** bucket - 1)) / (ratio - 1);

const bucketOf = ({ first, ratio, buckets }: HistogramShape, value: number): number =>
  Math.min(buckets - 1, Math.floor(Math.log(1 + (value * (ratio - 1)) / first) / Math.log(ratio)));

export const addSample = (
  shape: HistogramShape,
  { weights, reference }: DecayingHistogram,
  at: number,
  value: number,
  halfLifeMs: number,
): DecayingHistogram => {
  const doublings = (at - reference) / halfLifeMs;
  const moves = doublings > MOST_DOUBLINGS;
  const next = moves ? weights.map((weight) => weight * 2 ** -doublings) : [...weights];
  const bucket = bucketOf(shape, value);
  next[bucket] = (next[bucket] ?? 0) + (moves ? 1 : 2 ** doublings);
  return { weights: next, reference: moves ? at : reference };
};

/** The end of the bucket below which `share` of the weight lies; 0 when empty. */
export const percentileOf = (shape: HistogramShape, { weights }: DecayingHistogram, share: number): number => {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return 0;
  let below = 0;
  const found = weights.findIndex((weight) => {
    below += weight;
    return below >= share * total;
  });
  return startOf(shape, (found < 0 ? weights.length - 1 : found) + 1);
};
