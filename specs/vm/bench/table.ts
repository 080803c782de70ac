/** Paired runs as the lines of a table. */
import { digits, distributionOf } from '../../bench/figures';

/** "123 ms (98 to 150)": median and range. */
export const spread = (values: readonly number[], unit: string): string => {
  const { median, least, most } = distributionOf(values);
  return `${digits(median)} ${unit} (${digits(least)} to ${digits(most)})`;
};

export const median = (values: readonly number[]): number => distributionOf(values).median;

/** "1/12": how the one compares with the other. */
export const ratio = (ours: number, theirs: number): string =>
  ours <= 0 ? 'none of it' : ours <= theirs ? `1/${digits(theirs / ours)}` : `${digits(ours / theirs)}/1`;
