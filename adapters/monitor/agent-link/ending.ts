/** Ends a websocket and remembers why: the first cause that we know of counts, else the Close code does. */
import type { WebSocket } from 'ws';
import { closeReason } from '../../shared/frame-text';

/** The Close codes that we use or distinguish: RFC 6455 §7.4.1, and 1013 of IANA's registry. */
export const CLOSE = { goingAway: 1001, protocolError: 1002, broken: 1006, tryAgainLater: 1013 } as const;

export interface ConnectionEnd {
  /** Sends a Close frame; ws destroys the socket if the peer does not answer it in time. */
  readonly close: (code: number, reason: string) => void;
  /** At once, for a peer that is not there. */
  terminate(reason: string): void;
  /** Why it ended, given what the `close` event of the socket says. */
  describe(code: number, reason: Buffer): string;
}

/** @param onBegun called before the first step by which we end it */
export const trackEnding = (socket: WebSocket, onBegun: () => void): ConnectionEnd => {
  let cause: string | null = null;
  let hasBegun = false;
  socket.on('error', ({ message }) => {
    cause ??= `websocket error: ${message}`;
  });
  const begin = (reason: string): void => {
    cause ??= reason;
    if (hasBegun) return;
    hasBegun = true;
    onBegun();
  };
  return {
    close: (code, reason) => {
      begin(`closed by us: ${code} ${reason}`);
      socket.close(code, closeReason(reason));
    },
    terminate: (reason) => {
      begin(reason);
      socket.terminate();
    },
    describe: (code, reason) => {
      if (cause !== null) return cause;
      if (code === CLOSE.broken) return `connection broke (${code})`;
      return `closed by the agent: ${code} ${reason.toString('utf8')}`.trimEnd();
    },
  };
};
