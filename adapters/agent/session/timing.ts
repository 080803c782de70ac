/** Waits and limits of an agent's connection, as the reference agent has them but for the quick attempts (rule R10). */
import { KIB, SECOND_MS } from '../../../machines/shared/units';

export interface SessionTiming {
  /** From the first SYN to the version reply. */
  readonly handshakeMs: number;
  /** Wait before the first new attempt; it doubles up to the longest. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
  /** After the loss of a connection that had lasted so long, attempts are quick for a while. */
  readonly lastingMs: number;
  readonly quick: {
    readonly firstMs: number;
    readonly longestMs: number;
    readonly forMs: number;
  };
  /** From our Close frame to the end of the socket. */
  readonly closeMs: number;
}

export const SESSION_TIMING: SessionTiming = {
  handshakeMs: 4 * SECOND_MS,
  firstRetryMs: SECOND_MS / 2,
  longestRetryMs: 5 * SECOND_MS,
  lastingMs: 2 * SECOND_MS,
  // Until a service manager has restarted the monitor in a busy VM; reached within 0.4 s of its listening.
  quick: { firstMs: 100, longestMs: 400, forMs: 15 * SECOND_MS },
  closeMs: SECOND_MS,
};

/** The monitor keeps its frames below 32 KiB. */
export const MAX_SESSION_FRAME_BYTES = 32 * KIB;
