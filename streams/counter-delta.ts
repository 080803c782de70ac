/** Counters of the kernel only grow, until they start anew. What counts is the growth since the last beat. */

/** Values compare only within one `era`: another file, or another set of CPUs that is summed, is another era. */
export interface Counter {
  readonly value: number;
  readonly era: string;
}

/** The growth; undefined at the first reading, after a gap, in a new era, and when the counter went back. */
export const counterDelta = (previous: Counter | undefined, current: Counter | undefined): number | undefined => {
  if (previous === undefined || current === undefined) return undefined;
  if (previous.era !== current.era || current.value < previous.value) return undefined;
  return current.value - previous.value;
};
