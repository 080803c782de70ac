/** Bounds and deadlines of the agent link (rule R10). Nobody outside may make us hold more than this. */
import { KIB, MIB, SECOND_MS } from '../../../machines/shared/units';

/** Our longest inbound message is far under 1 KiB; the rest is room for error texts. ws closes with 1009. */
export const MAX_FRAME_BYTES = 64 * KIB;

/**
 * Websockets that have not completed their handshake. One more costs the oldest its place. An agent needs a
 * few ms from its upgrade to its range; so many places last that long also where others come by the thousand.
 */
export const MAX_HANDSHAKES = 128;

/** Sockets that have not been upgraded, also those that have sent nothing yet. One more costs the oldest its place. */
export const MAX_SOCKETS = 512;

/** The same for addresses that may not connect: enough to answer them, and apart, so that they cost no one else a place. */
export const MAX_STRANGERS = 8;

/** Websockets that we have closed and whose peer has not answered yet. One more costs the oldest that time. */
export const MAX_ENDING = 64;

/** All of the above, and room for agents on their way from one to the other: never reached, the last resort. */
export const MAX_CONNECTIONS = 2 * (MAX_SOCKETS + MAX_STRANGERS + MAX_HANDSHAKES + MAX_ENDING);

/** What may wait for an agent that does not read: 32 frames of the longest reply. */
export const MAX_UNSENT_BYTES = MIB;

/** Frames, pings and pongs in one window, 2,000 a second; an agent sends a few. Beyond it TCP holds the rest back. */
export const MAX_FRAMES_PER_WINDOW = 200;

/**
 * Bytes in one window, 160 KiB a second; an agent sends a few KiB. A frame that passes the bound is taken from
 * the windows that follow, so one window brings at most this and one frame. A text can be six times as long in
 * the event log (\u0001): 480 KiB, far less than the 1 MiB that may wait there for the disk.
 */
export const MAX_BYTES_PER_WINDOW = 16 * KIB;

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
