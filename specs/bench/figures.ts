/** From measured samples to the few numbers that are reported. */

export interface Distribution {
  readonly n: number;
  readonly median: number;
  readonly p99: number;
  readonly least: number;
  readonly most: number;
}

/** Below this many samples the 99th percentile is only the largest one under another name. */
const SAMPLES_FOR_P99 = 100;

/** Nearest rank: the smallest sample that `share` of all samples do not exceed. */
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;

export const distributionOf = (samples: readonly number[]): Distribution => {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    n: sorted.length,
    median: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    least: sorted[0] ?? NaN,
    most: sorted.at(-1) ?? NaN,
  };
};

/** Three significant digits, and whole numbers in full: 0.0123, 4.56, 789, 1,234,567. */
export const digits = (value: number): string =>
  Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en')
    : value.toLocaleString('en', { maximumSignificantDigits: 3 });

/** "n 220, median 0.81, p99 2.1, range 0.52 to 3 ms" */
export const resolution = ({ n, median, p99, least, most }: Distribution, unit: string): string => {
  const tail = n >= SAMPLES_FOR_P99 ? `, p99 ${digits(p99)}` : '';
  return `n ${n}, median ${digits(median)}${tail}, range ${digits(least)} to ${digits(most)} ${unit}`;
};
