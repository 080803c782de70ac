/** Waits and limits of an agent's connection, as the reference agent has them (rule R10). */
import { KIB, SECOND_MS } from '../../machines/units';

export interface Timing {
  /** From the first SYN to the version reply. */
  readonly handshakeMs: number;
  /** Wait before the first new attempt; it doubles up to the longest. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** From our Close frame to the end of the socket. */
  readonly closeMs: number;
}

export const SESSION_TIMING: Timing = {
  handshakeMs: 4 * SECOND_MS,
  firstRetryMs: SECOND_MS / 2,
  longestRetryMs: 5 * SECOND_MS,
  closeMs: SECOND_MS,
};

/** The monitor keeps its frames below 32 KiB. */
export const MAX_FRAME_BYTES = 32 * KIB;
