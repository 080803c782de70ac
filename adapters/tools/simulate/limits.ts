/** Bounds of simulations. */
import { MINUTE_MS, SECOND_MS } from '../../../machines/shared/units';

/** Ten years in rows of 5 s. */
export const TRACE_MOST_BYTES = 2 ** 31;

/** Ten years: a slip of units (milliseconds) would run for days. */
export const LONGEST_TRACE_SECONDS = 10 * 366 * 86_400;

/** All are read before the first is run, so that a bad one costs no hours. */
export const MOST_TRACES = 10_000;

/** Of `--beat-ms`: ten looks in a millisecond-clock's second to one in ten minutes. */
export const LEAST_INTERVAL_MS = 10;
export const MOST_INTERVAL_MS = 10 * MINUTE_MS;

/** Of grants: an agent that needs longer has failed. */
export const GRANT_MOST_MS = 60 * MINUTE_MS;

/** Coefficient of variation: far beyond any load. */
export const NOISE_MOST_CV = 10;

/** No worker threads beyond these, however many CPUs there are: each holds a trace and a heap. */
export const MOST_WORKERS = 32;

/** Time between two words of progress. */
export const PROGRESS_MS = 5 * SECOND_MS;

/** Points of a plot's curves: more than a screen has pixels. Beyond that, neighbours are merged. */
export const PLOT_MOST_POINTS = 20_000;

/** Decisions that a plot shows the reason of; later ones are left out, and the page says so. */
export const PLOT_MOST_DECISIONS = 50_000;
