/** Bounds and waits of the QEMU driver, each with its reason (rule R10). */
import { MIB, SECOND_MS } from '../../../../machines/shared/units';

/** The longest answer lists every CPU slot in some 150 bytes; this holds 7000 of them. */
export const MAX_QMP_LINE_BYTES = MIB;

/** An agent asks one thing after the other; more that wait means that QEMU hangs. */
export const MAX_WAITING_CALLS = 8;

/** Enough of a foreign line to recognise it. */
export const EXCERPT_CHARS = 120;

/** QEMU's own ids go to 255 characters, kernel errors to a few hundred. */
export const MAX_QMP_REASON_CHARS = 400;

export interface QmpTiming {
  /** From connect() to the end of capabilities negotiation. */
  readonly connectMs: number;
  /** From a command to its answer. QEMU answers within 1 ms; its main loop may be busy for a second. */
  readonly commandMs: number;
  /** One call of the driver, whatever number of commands it takes; the time it waits for others included. */
  readonly callMs: number;
  /** After a lost connection; doubles up to the longest while none can be made. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

export const TIMING: QmpTiming = {
  connectMs: 2 * SECOND_MS,
  commandMs: 2 * SECOND_MS,
  callMs: 5 * SECOND_MS,
  firstRetryMs: SECOND_MS / 10,
  longestRetryMs: 5 * SECOND_MS,
};
