/** Bounds of protection (rule R10), but for those of a throttle. */
import { KIB, MIB, SECOND_MS } from '../../../machines/shared/units';

/**
 * The tripwire lies at least this far above all that the cgroup holds, its cache included: closer to it
 * the kernel would reclaim cache at once, and harmless growth would trip it.
 */
export const TRIPWIRE_ROOM_BYTES = 16 * MIB;
/** memory.max lies at least this far above what cannot be reclaimed: the kernel kills where that reaches it. */
export const HARD_LIMIT_ROOM_BYTES = 64 * MIB;
/** A limit of somebody else that is found at the start may stay where it is as far above. */
export const FOREIGN_ROOM_BYTES = 64 * MIB;

/** Between two looks at limits that somebody else may have set. */
export const FOREIGN_LOOK_MS = SECOND_MS;
/** "max" or a number of bytes, and a line's end. */
export const MAX_LIMIT_TEXT_BYTES = 64;

/** Limits are written in multiples of the largest page that Linux has, so that they read back as written. */
export const LIMIT_STEP_BYTES = 64 * KIB;

/** What we read whole: the longest is the list of the throttle cgroup's processes, 8 bytes each. */
export const MAX_READ_BYTES = 256 * KIB;

/** Our record of what we set: a throttle moves a few processes, each a line of at most PATH_MAX. */
export const MAX_INTENT_BYTES = 64 * KIB;
/** The limit that is in place and the one that is about to replace it. */
export const MAX_NOTED_LIMITS = 2;
/** More than any throttle moves. */
export const MAX_NOTED_PROCESSES = 256;

/** Work on one file that may wait: the statechart has one command under way, and the rest is our own. */
export const MAX_WAITING = 16;

/** Waits before each new try of what must be undone: 1.6 s in all, as an orderly exit has 2 s. */
export const UNDO_RETRY_MS: readonly number[] = [10, 20, 50, 100, 200, 400, 800];

/** Waits before what a start could not undo is tried again, doubling: Postgres may stand still meanwhile. */
export const UNDO_AGAIN_FIRST_MS = SECOND_MS;
export const UNDO_AGAIN_MOST_MS = 10 * SECOND_MS;

/** mount(8) takes some 5 ms; one that hangs must not take us with it. */
export const REMOUNT_MS = 2 * SECOND_MS;

/** From its start until the watchdog process has reported that it is there; a shell takes some 5 ms. */
export const WATCHDOG_READY_MS = 5 * SECOND_MS;
/** Until it confirms that it watches: at once when it sleeps, within one poll of 250 ms when it has just been set to rest. */
export const WATCHDOG_ANSWER_MS = SECOND_MS;
/** It goes on watching for so long when nothing is in place any more. */
export const WATCHDOG_LINGER_MS = 2 * SECOND_MS;
/** An orderly stop waits for it so long: one poll, and some more. */
export const WATCHDOG_END_MS = 500;
/** Waits before another watchdog process is started, doubling. */
export const WATCHDOG_RESTART_FIRST_MS = 100;
export const WATCHDOG_RESTART_MOST_MS = 10 * SECOND_MS;
