/** Bounds and deadlines of the agent link (rule R10). Nobody outside may make us hold more than this. */
import { KIB, MIB, SECOND_MS } from '../../machines/units';

/** Our longest inbound message is far under 1 KiB; the rest is room for error texts. ws closes with 1009. */
export const MAX_FRAME_BYTES = 64 * KIB;

/** One agent needs one; the others are for agents that reconnect while an old socket still hangs. */
export const MAX_HANDSHAKES = 8;

/** Sockets of any kind, also those that have sent nothing yet. */
export const MAX_SOCKETS = 64;

/** What may wait for an agent that does not read: 32 frames of the longest reply. */
export const MAX_UNSENT_BYTES = MIB;

/** Frames, pings and pongs in one window; an agent sends a few a second. Beyond it TCP holds the rest back. */
export const MAX_FRAMES_PER_WINDOW = 2_000;

/** The reason in a Close frame, RFC 6455 §5.5: 125 bytes of payload less 2 for the code. */
export const MAX_CLOSE_REASON_BYTES = 123;

export interface Deadlines {
  /** From the TCP connect to the HTTP headers, and again from the upgrade to the version range. */
  readonly handshakeMs: number;
  /** Silence after which we ping. */
  readonly pingAfterMs: number;
  /** Silence after which the agent counts as lost; a pong ends the silence. */
  readonly lostAfterMs: number;
  /** How long a peer may take to answer our Close frame. */
  readonly closeMs: number;
  /** The window of MAX_FRAMES_PER_WINDOW. */
  readonly floodWindowMs: number;
}

export const DEADLINES: Deadlines = {
  handshakeMs: 4 * SECOND_MS,
  pingAfterMs: 15 * SECOND_MS,
  lostAfterMs: 30 * SECOND_MS,
  closeMs: SECOND_MS,
  floodWindowMs: SECOND_MS,
};
