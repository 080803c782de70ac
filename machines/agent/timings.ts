/** Named bounds of the agent, each with its reason (rule R10). */
import { GIB, MIB, SECOND_MS } from '../shared/units';

/** As the reference agent: a check every 5 s; after three without any frame the monitor counts as gone. */
export const HEALTH_CHECK_MS = 5 * SECOND_MS;
export const UNANSWERED_MAX = 3;
/** A request to the monitor that nobody answered by then has failed. */
export const ANSWER_MS = 5 * SECOND_MS;
/** A failed request is repeated after this. */
export const REQUEST_REST_MS = 3 * SECOND_MS;

/** How long a new connection is waited for its first ScaleRequest, before the metrics count again. */
export const FIRST_REQUEST_WAIT_MS = 30 * SECOND_MS;
/** An UpscaleRequest counts for this long. */
export const UPSCALE_VALID_MS = 10 * SECOND_MS;
/** After a refused downscale the size stays for this long. */
export const DENIAL_MS = 5 * SECOND_MS;
/** A monitor that refused to lend memory, or did not answer, is asked again after this, doubling: the next VM is asked. */
export const LOAN_REST_FIRST_MS = 5 * SECOND_MS;
export const LOAN_REST_LAST_MS = 5 * 60 * SECOND_MS;
/** After a shrink that the guest could not follow; each try costs it seconds of migrating pages. */
export const STALL_REST_MS = 30 * SECOND_MS;
/** How often metrics are scraped. */
export const SCRAPE_MS = 5 * SECOND_MS;

/** How often a VM at rest is looked at: somebody else may have changed it. */
export const LOOK_MS = 5 * SECOND_MS;
/** Between two looks at a step under way. */
export const STEP_LOOK_MS = 100;
/** A plug that the guest has not taken by then is logged and tried again. */
export const GROW_STEP_MS = 10 * SECOND_MS;
/**
 * A step down is taken back when the guest gave nothing more for so long. Not counted from the step's
 * start: 256 MiB full of pages took guests 1.9 to 3.1 s under software emulation, a block every few
 * tens of ms. One that has no memory left for its pages gives nothing at all, and killed after 4 s.
 */
export const SHRINK_STALL_MS = 3 * SECOND_MS;
/** Memory taken away at once; a guest that cannot follow is at most this far below what it needs. */
export const SHRINK_STEP_BYTES = 256 * MIB;
/**
 * Memory given at once is at most what the VM has, and at most this. Each GiB costs the guest 16 MiB of
 * memmap from zones that it had before, so a step costs at most 1/64 of the VM, and at most 128 MiB.
 */
export const GROW_STEP_BYTES = 8 * GIB;
/** Memory given must be seen this many times in a row before more is given: a guest that fails to add it gives it back. */
export const GROWN_LOOKS = 2;

/** Back-off after a hypervisor failed, doubling. */
export const HYPERVISOR_RETRY_FIRST_MS = SECOND_MS;
export const HYPERVISOR_RETRY_LAST_MS = 30 * SECOND_MS;
