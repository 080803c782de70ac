/** All live websockets by their nonce. Which of them is the agent is for the core to say (rule R8). */
import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import { createAllowance } from './allowance';
import { Connection } from './connection';
import type { LinkEvent } from './events';
import { type Deadlines } from './deadlines';
import { createPlaces } from './places';

/**
 * Websockets that have not completed their handshake. One more costs the oldest its place. An agent needs a
 * few ms from its upgrade to its range; so many places last that long also where others come by the thousand.
 */
export const MAX_HANDSHAKES = 128;
/** Websockets that we have closed and whose peer has not answered yet. One more costs the oldest that time. */
export const MAX_ENDING = 64;

/** Bytes of the nonce, twice as many hex digits: enough that logs of many years join without a clash. */
const NONCE_BYTES = 8;

export interface Connections {
  open(socket: WebSocket, peer: string): void;
  /** Undefined when it is gone. */
  find(conn: string): Connection | undefined;
  /** Closes all; resolves when the last one is gone and its end emitted. */
  closeAll(code: number, reason: string): Promise<void>;
}

export const trackConnections = (deadlines: Deadlines, emit: (event: LinkEvent) => void): Connections => {
  const live = new Map<string, Connection>();
  const agentAllowance = createAllowance(deadlines.floodWindowMs);
  const silent = createPlaces<Connection>(MAX_HANDSHAKES, (oldest) => {
    oldest.dropSilent(`silent for too long: ${MAX_HANDSHAKES} newer connections wait for their handshake`);
  });
  const ending = createPlaces<Connection>(MAX_ENDING, (oldest) => {
    oldest.terminate();
  });
  let onEmpty: (() => void) | null = null;
  return {
    open: (socket, peer) => {
      const conn = randomBytes(NONCE_BYTES).toString('hex');
      const connection = new Connection(socket, {
        conn,
        peer,
        deadlines,
        agentAllowance,
        emit,
        onSettled: silent.giveUp,
        onEnding: ending.take,
        onClosed: (closed) => {
          ending.giveUp(closed);
          live.delete(conn);
          if (live.size === 0) onEmpty?.();
        },
      });
      live.set(conn, connection);
      silent.take(connection);
    },
    find: (conn) => live.get(conn),
    closeAll: async (code, reason) => {
      if (live.size === 0) return;
      const emptied = new Promise<void>((resolve) => {
        onEmpty = resolve;
      });
      for (const connection of live.values()) connection.close(code, reason);
      await emptied;
    },
  };
};
