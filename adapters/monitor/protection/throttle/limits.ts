/** Bounds of throttle, shm cap and cancel (rule R10): what is looked at, for how long, and how often we try. */
import { MIB, SECOND_MS } from '../../../../machines/shared/units';

/** Processes of one cgroup that are looked at: two readings of so many take about 1.5 s, more would come too late. */
export const MAX_PROCESSES = 4096;
/** Read in one go: about 1 ms, and 10 ms in an emulated VM. */
export const PROCESSES_AT_ONCE = 32;
/** Sub-cgroups that are looked into, and how deep; Postgres has none unless someone made them by hand. */
export const MAX_CGROUPS = 64;
export const MAX_DEPTH = 4;

/** Between two readings of a process: at 200 MiB/s a fast-growing backend gains 10 MiB, far more than others do by chance. */
export const SLOPE_WINDOW_MS = 50;
/**
 * Of a throttle: while nothing has grown yet it is looked at again after longer. Who takes memory piece by piece, or is
 * given no CPU for a while, may take none for 50 ms; and who is not found is not throttled for a second at least.
 */
export const SURVEY_WINDOWS_MS: readonly number[] = [SLOPE_WINDOW_MS, 100, 200];
/** What grows more slowly is not worth a throttle: it gains less than 5 MiB in the longest one. */
export const MIN_GROWTH_BYTES_PER_S = MIB;
/** The fastest-growing backends are those that together make so much of the growth. */
export const GROWTH_SHARE = 0.8;
/**
 * Who has less of the growth is not to blame for it: to stop a quarter wins a third more time at least, and no more than
 * four statements can each have so much. Of a statement with parallel workers all count together.
 */
export const BLAME_SHARE = 0.25;
/** A move takes 20 to 130 ms; this is a leader with the 8 parallel workers of a default server, nearly twice. */
export const MAX_THROTTLED = 16;
/** Of the fastest processes so many are identified (who they are costs four reads each). */
export const MAX_EXAMINED = 32;

/** Between two looks whether others wait for the throttled ones; a query of the server takes 1 to 10 ms. */
export const BLOCKED_LOOK_MS = 250;
/** Others that used less than this before are too few to judge by. */
export const BLOCKED_LEAST_CORES = 0.1;
/** Of what they used before: in a queue behind a lock nothing is left but timers. */
export const BLOCKED_CPU_SHARE = 0.1;
/** So many looks one after the other: a client that pauses for less is no queue. */
export const BLOCKED_LOOKS = 3;

/** A title holds a user, a database (63 bytes each) and a host; the rest of a long command line is of no use to us. */
export const MAX_TITLE_BYTES = 512;

/** The throttle cgroup is emptied again while children appear in it or the kernel still says EBUSY: 0.5 s in all. */
export const EMPTY_ROUNDS = 20;
export const EMPTY_ROUND_MS = 25;

/**
 * A cancelled statement gives memory back within 0.3 s, but one whose pages are being reclaimed took 1 s. Meanwhile
 * nobody is cancelled only for being large: that would be a second error for the same session, or one for another.
 */
export const GIVE_BACK_MS = 5 * SECOND_MS;

/** Commands that may wait for the one under way: the core has one at a time, and a stop may come in between. */
export const MAX_WAITING_COMMANDS = 4;

/** Shared memory keeps so much room: small segments of other statements go on. */
export const CAP_SLACK_BYTES = MIB;
/**
 * A cap below use is refused by the kernel, and use grows by up to 4 GB/s while mount(8) starts (about
 * 5 ms): each further try leaves four times the room, up to 256 MiB.
 */
export const CAP_TRIES = 5;
export const CAP_SLACK_FACTOR = 4;
