/** Deadlines of the agent link (rule R10): nobody outside may keep us waiting for longer. */
import { SECOND_MS } from '../../../machines/shared/units';

export interface Deadlines {
  /** From the TCP connect to the HTTP headers, and again from the upgrade to the version range. */
  readonly handshakeMs: number;
  /** Silence after which we ping. */
  readonly pingAfterMs: number;
  /** Silence after which the agent counts as lost; a pong ends the silence. */
  readonly lostAfterMs: number;
  /** How long a peer may take to answer our Close frame. */
  readonly closeMs: number;
  /** The window of MAX_FRAMES_PER_WINDOW and MAX_BYTES_PER_WINDOW. */
  readonly floodWindowMs: number;
}

export const DEADLINES: Deadlines = {
  handshakeMs: 4 * SECOND_MS,
  pingAfterMs: 15 * SECOND_MS,
  lostAfterMs: 30 * SECOND_MS,
  closeMs: SECOND_MS,
  floodWindowMs: SECOND_MS / 10,
};
