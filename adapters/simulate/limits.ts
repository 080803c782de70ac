/** Bounds of simulations. */

/** A year in rows of a second is about a fifth of this. */
export const TRACE_MOST_BYTES = 2 ** 30;

/** Ten years: a slip of units (milliseconds) would run for days. */
export const LONGEST_TRACE_SECONDS = 10 * 366 * 86_400;
