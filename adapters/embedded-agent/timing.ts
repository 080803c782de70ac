/** Beats, waits and limits of the embedded agent, as the reference agent has them (rule R10). */
import { KIB, SECOND_MS } from '../../machines/units';

export interface Timing {
  /** From the first SYN to the version reply. */
  readonly handshakeMs: number;
  readonly healthCheckMs: number;
  /** How long a DownscaleRequest may stay without an answer. */
  readonly answerMs: number;
  /** Wait before the first new attempt; it doubles up to the longest. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** From our Close frame to the end of the socket. */
  readonly closeMs: number;
}

export const TIMING: Timing = {
  handshakeMs: 4 * SECOND_MS,
  healthCheckMs: 5 * SECOND_MS,
  answerMs: 5 * SECOND_MS,
  firstRetryMs: SECOND_MS / 2,
  longestRetryMs: 5 * SECOND_MS,
  closeMs: SECOND_MS,
};

/** Health checks in a row without any frame from the monitor, after which it counts as gone. */
export const MAX_UNANSWERED_CHECKS = 3;

/** The monitor keeps its frames below 32 KiB. */
export const MAX_FRAME_BYTES = 32 * KIB;
