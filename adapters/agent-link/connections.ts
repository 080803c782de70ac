/** All live websockets by their nonce. Which of them is the agent is for the core to say (rule R8). */
import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import { openConnection, type Connection } from './connection';
import type { LinkEvent } from './events';
import { MAX_HANDSHAKES, type Deadlines } from './limits';

/** Bytes of the nonce, twice as many hex digits: enough that logs of many years join without a clash. */
const NONCE_BYTES = 8;

export interface Connections {
  /** True while no more handshakes may begin. */
  isFull(): boolean;
  open(socket: WebSocket, peer: string): void;
  /** Null when it is gone. */
  find(conn: string): Connection | null;
  /** Closes all; resolves when the last one is gone and told. */
  closeAll(code: number, reason: string): Promise<void>;
}

export const trackConnections = (deadlines: Deadlines, emit: (event: LinkEvent) => void): Connections => {
  const live = new Map<string, Connection>();
  let onEmpty: (() => void) | null = null;
  const forget = (conn: string): void => {
    live.delete(conn);
    if (live.size === 0) onEmpty?.();
  };
  return {
    isFull: () => [...live.values()].filter((connection) => connection.isShakingHands()).length >= MAX_HANDSHAKES,
    open: (socket, peer) => {
      const conn = randomBytes(NONCE_BYTES).toString('hex');
      const onClosed = (): void => {
        forget(conn);
      };
      live.set(conn, openConnection(socket, { conn, peer, deadlines, emit, onClosed }));
    },
    find: (conn) => live.get(conn) ?? null,
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
