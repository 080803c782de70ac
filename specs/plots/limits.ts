/** Bounds of the pictures: they lie in the repository, and are read at the width of a page. */

/** Points of a curve of demand: one for each three or four pixels. */
export const DEMAND_MOST_POINTS = 120;

/** By one policy. More are a blur; a longer trace is for the page of `simulate --plot`. */
export const MOST_RESIZES = 1_000;
