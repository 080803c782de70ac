/** How long work waited, in buckets of which 24 make a decade: quantiles within 10 %. */

const LEAST_MS = 1;
const BUCKETS_A_DECADE = 24;
/** From 1 ms to 1,000 s, and one for less. */
const BUCKETS = 6 * BUCKETS_A_DECADE + 1;

const bucketOf = (ms: number): number =>
  ms <= LEAST_MS ? 0 : Math.min(BUCKETS - 1, 1 + Math.floor(Math.log10(ms / LEAST_MS) * BUCKETS_A_DECADE));

export class WaitHistogram {
  private readonly weights = new Float64Array(BUCKETS);
  private total = 0;

  add(ms: number, weight: number): void {
    const bucket = bucketOf(ms);
    this.weights[bucket] = (this.weights[bucket] ?? 0) + weight;
    this.total += weight;
  }

  /** The upper end of the quantile's bucket, in ms; 0 for what waited less than a millisecond. */
  quantileMs(quantile: number): number {
    let [bucket, sum] = [0, this.weights[0] ?? 0];
    while (sum < quantile * this.total && bucket + 1 < BUCKETS) {
      bucket += 1;
      sum += this.weights[bucket] ?? 0;
    }
    return bucket === 0 ? 0 : LEAST_MS * 10 ** (bucket / BUCKETS_A_DECADE);
  }
}
