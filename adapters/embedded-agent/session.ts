/** One connection of the embedded agent to the monitor: handshake, health checks, frames with even ids. */
import * as E from 'fp-ts/Either';
import { WebSocket, type ClientOptions } from 'ws';
import { frameText } from '../agent-link/frame-text';
import { readMonitorFrame, readVersionReply, type MonitorFrame } from './monitor-frames';
import { MAX_FRAME_BYTES, MAX_UNANSWERED_CHECKS, type Timing } from './timing';

export interface SessionTarget {
  readonly url: string;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string;
}

export interface SessionHandlers {
  readonly onConnected: (version: number) => void;
  readonly onFrame: (frame: MonitorFrame) => void;
  /** A frame that we cannot read; the connection stays. */
  readonly onUnreadable: (problem: string) => void;
  /** Exactly once, also when there never was a connection. */
  readonly onEnd: (reason: string) => void;
}

export interface Session {
  /** Sends a frame. @returns its id */
  say(type: string, content: object): number;
  close(): void;
}

/** What we speak: v1.0, and v1.1 where the monitor has the feature. */
const RANGE = JSON.stringify({ min: 1, max: 2, features: ['scale-request'] });

const connect = ({ url, token }: SessionTarget, timing: Timing): WebSocket => {
  // closeTimeout is not in @types/ws yet.
  const options: ClientOptions & { closeTimeout: number } = {
    perMessageDeflate: false,
    closeTimeout: timing.closeMs,
    maxPayload: MAX_FRAME_BYTES,
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
  };
  return new WebSocket(url, options);
};

/** Begins to connect; what comes of it is told to the handlers. */
export const openSession = (target: SessionTarget, timing: Timing, handlers: SessionHandlers): Session => {
  const socket = connect(target, timing);
  let lastId = 0;
  let unanswered = 0;
  let healthChecks: NodeJS.Timeout | undefined;
  let trouble: string | null = null;
  let isAgreed = false;

  const giveUp = (reason: string): void => {
    trouble ??= reason;
    socket.terminate();
  };
  const patience = setTimeout(() => {
    giveUp(`no version reply within ${timing.handshakeMs} ms`);
  }, timing.handshakeMs);
  const say = (type: string, content: object): number => {
    lastId += 2;
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ content, type, id: lastId }));
    return lastId;
  };
  const checkHealth = (): void => {
    if (unanswered >= MAX_UNANSWERED_CHECKS) giveUp(`${unanswered} health checks unanswered`);
    unanswered += 1;
    say('HealthCheck', {});
  };
  const agree = ({ version }: { readonly version: number }): void => {
    clearTimeout(patience);
    isAgreed = true;
    healthChecks = setInterval(checkHealth, timing.healthCheckMs);
    handlers.onConnected(version);
  };

  socket.on('open', () => {
    socket.send(RANGE);
  });
  socket.on('message', (data) => {
    unanswered = 0;
    const text = frameText(data);
    if (isAgreed) E.match(handlers.onUnreadable, handlers.onFrame)(readMonitorFrame(text));
    else E.match(giveUp, agree)(readVersionReply(text));
  });
  socket.on('error', ({ message }) => {
    trouble ??= message;
  });
  socket.on('close', (code, reason) => {
    clearTimeout(patience);
    clearInterval(healthChecks);
    handlers.onEnd(trouble ?? `closed: ${code} ${reason.toString('utf8')}`.trimEnd());
  });
  return {
    say,
    close: () => {
      socket.close(1000, 'the agent stops');
    },
  };
};
