/** Ends a websocket and remembers why: the first cause that we know of counts, else the Close code tells. */
import type { WebSocket } from 'ws';
import { closeReason } from './frame-text';

/** The Close codes of RFC 6455 §7.4.1 that we use or tell apart. */
export const CLOSE = { goingAway: 1001, protocolError: 1002, broken: 1006 } as const;

export interface Ending {
  /** Sends a Close frame; ws destroys the socket if the peer does not answer it in time. */
  close(code: number, reason: string): void;
  /** At once, for a peer that is not there. */
  terminate(reason: string): void;
  /** Why it ended, given what the `close` event of the socket says. */
  describe(code: number, reason: Buffer): string;
}

export const trackEnding = (socket: WebSocket): Ending => {
  let cause: string | null = null;
  socket.on('error', ({ message }) => {
    cause ??= `websocket error: ${message}`;
  });
  return {
    close: (code, reason) => {
      cause ??= `closed by us: ${code} ${reason}`;
      socket.close(code, closeReason(reason));
    },
    terminate: (reason) => {
      cause ??= reason;
      socket.terminate();
    },
    describe: (code, reason) => {
      if (cause !== null) return cause;
      if (code === CLOSE.broken) return `connection broke (${code})`;
      return `closed by the agent: ${code} ${reason.toString('utf8')}`.trimEnd();
    },
  };
};
