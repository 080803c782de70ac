/** Named bounds of the statechart, each with its reason. */
import { MIB, MINUTE_MS, SECOND_MS } from '../../shared/units';

/** Rule R7: a request is never sent more than once a second, whatever happens. */
export const REQUEST_GAP_MS = SECOND_MS;
/** Rule R7: the back-off of an unfulfilled request, doubling. */
export const RESEND_FIRST_MS = SECOND_MS;
export const RESEND_LAST_MS = 30 * SECOND_MS;
/** A floor that keeps sinking is told so often: the agent lends by it, which needs no more than a rough one. */
export const SUNK_FLOOR_GAP_MS = 10 * SECOND_MS;
/** An UpscaleRequest lapses after 10 s at the agent, so it is repeated at least every 5 s while memory is short. */
export const UPSCALE_RESEND_LAST_MS = 5 * SECOND_MS;
/** Asked so often for more without an answer, within 7 s or more, a grant that fell short was the largest size. */
export const SHORT_GRANT_REQUESTS = 3;
/** Silence after a request is named after this long. */
export const ANSWER_OVERDUE_MS = 5 * SECOND_MS;
/** A reference agent crashes when our own request comes right behind the version reply. */
export const QUIET_MS = 100;
/** More malformed frames than this within the window: the peer is not an agent; close 1008. */
export const MALFORMED_MAX = 10;
export const MALFORMED_WINDOW_MS = 10 * SECOND_MS;
/** Enough to match an InvalidMessage to the ScaleRequest that it answers: at most one is sent a second. */
export const SCALE_REQUEST_IDS_MAX = 8;
/** Every reply is due within 3 s; the rest is for the way. */
export const DOWNSCALE_ANSWER_MS = 2_500;
/** A shrink that the kernel has not shown by then is no longer watched. */
export const SHRINK_WATCH_MS = MINUTE_MS;
/** After a breach has ended, memory counts as relieved for this long. */
export const RELIEVED_MS = 5 * SECOND_MS;
/** Back-off of failed effects, doubling. */
export const RETRY_FIRST_MS = SECOND_MS;
export const RETRY_LAST_MS = 30 * SECOND_MS;
/**
 * A vanilla Postgres becomes one with a file cache only by a restart of its server. Looking once more costs one
 * connection; one that is kept to notice the restart would take a slot of max_connections and hold up a smart shutdown.
 */
export const VANILLA_LOOK_MS = 10 * MINUTE_MS;

/** A limit that could not be lifted throttles Postgres: tried again soon, and for ever. */
export const LIFT_RETRY_FIRST_MS = 100;
export const LIFT_RETRY_LAST_MS = SECOND_MS;
/** --throttle-max-ms counts holds over this long. */
export const THROTTLE_WINDOW_MS = 30 * SECOND_MS;
/** Shorter holds than this cost more (moving takes up to 130 ms) than they help. */
export const THROTTLE_LEAST_MS = 250;
/** Between two throttles, so that processes that were released can be seen growing again. */
export const THROTTLE_REST_MS = SECOND_MS;
/**
 * After a throttle for which others waited. The same statement would most likely be throttled again, with the same locks;
 * by then it has ended, or a larger size has come.
 */
export const BLOCKED_REST_MS = 30 * SECOND_MS;
/** What the held processes may take in addition until the hold ends: enough to end a page fault or a system call. */
export const THROTTLE_ALLOWANCE_BYTES = 16 * MIB;
/** Statements fail for as long as shared memory is capped. */
export const SHM_CAP_LONGEST_MS = 30 * SECOND_MS;
/** A cancelled statement gives its memory back within 0.3 s; then the next may be judged. */
export const CANCEL_SETTLE_MS = SECOND_MS;
