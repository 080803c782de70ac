/** Notices an agent that is gone without a word: a ping after some silence, lost after more. */
import type { WebSocket } from 'ws';
import type { Deadlines } from './deadlines';

export interface Liveness {
  /** Anything that came from the agent, a pong too. */
  received(): void;
  stop(): void;
}

export const watchLiveness = (socket: WebSocket, deadlines: Deadlines, onLost: () => void): Liveness => {
  const ping = setTimeout(() => {
    socket.ping();
  }, deadlines.pingAfterMs);
  const lost = setTimeout(onLost, deadlines.lostAfterMs);
  return {
    received: () => {
      ping.refresh();
      lost.refresh();
    },
    stop: () => {
      clearTimeout(ping);
      clearTimeout(lost);
    },
  };
};
