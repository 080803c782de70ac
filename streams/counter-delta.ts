/** Counters of the kernel only grow, until they start anew. What counts is the growth since the sample before. */

/** Undefined at the first reading, after a gap, and when the counter went back (cgroup re-created, VM rebooted). */
export const counterDelta = (previous: number | undefined, current: number | undefined): number | undefined =>
  previous === undefined || current === undefined || current < previous ? undefined : current - previous;
