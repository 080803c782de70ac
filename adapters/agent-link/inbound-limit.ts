/**
 * Holds back an agent that floods us: after MAX_FRAMES_PER_WINDOW we stop reading until the next
 * window. Nothing is lost, TCP makes the sender wait. What one read from the socket (64 KiB) has
 * brought already is still delivered.
 */
import type { WebSocket } from 'ws';
import { MAX_FRAMES_PER_WINDOW } from './limits';

export interface InboundLimit {
  /** Counts a frame, ping or pong. */
  count(): void;
  stop(): void;
}

export const limitInbound = (socket: WebSocket, windowMs: number): InboundLimit => {
  let frames = 0;
  let window: NodeJS.Timeout | undefined;
  const beginAnew = (): void => {
    frames = 0;
    window = undefined;
    socket.resume();
  };
  return {
    count: () => {
      frames += 1;
      window ??= setTimeout(beginAnew, windowMs);
      if (frames > MAX_FRAMES_PER_WINDOW) socket.pause();
    },
    stop: () => {
      clearTimeout(window);
    },
  };
};
