/** Named bounds of the agent's I/O (rule R10). */
import { MIB, SECOND_MS } from '../../machines/shared/units';

/** Below the interval of scrapes, so that one has ended before the next begins. */
export const SCRAPE_DEADLINE_MS = 4 * SECOND_MS;
/** Some hundred times what an exporter sends. */
export const MAX_METRICS_BYTES = MIB;
/** An orderly exit takes at most 2 s; the rest is for the process to end. */
export const STOP_MS = 1_500;
/** The boot clock runs ahead of the monotonic one only while the host is suspended. */
export const CLOCK_RESYNC_MS = 5 * SECOND_MS;
