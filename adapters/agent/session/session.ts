/** One connection of an agent to a monitor: the handshake, then frames as text both ways. */
import * as E from 'fp-ts/Either';
import { WebSocket, type ClientOptions } from 'ws';
import { readVersionReply, type Agreed } from '../../../machines/shared/protocol/version-reply';
import { frameText } from '../../shared/frame-text';
import { MAX_SESSION_FRAME_BYTES, type SessionTiming } from './timing';

export interface SessionTarget {
  readonly url: string;
  /** Sent as `Authorization: Bearer`; null: none is. */
  readonly token: string | null;
}

export interface SessionHandlers {
  readonly onConnected: (agreed: Agreed) => void;
  readonly onText: (text: string) => void;
  /** Exactly once, also when there never was a connection. */
  readonly onEnd: (reason: string) => void;
}

export interface MonitorSession {
  send(text: string): void;
  /** Ends it at once, because the peer does not behave; `onEnd` bears the reason. */
  drop(reason: string): void;
  close(): void;
}

/** What we speak: v1.0, and v1.1 where the monitor has the feature. */
const RANGE = JSON.stringify({ min: 1, max: 2, features: ['scale-request'] });

const connect = ({ url, token }: SessionTarget, timing: SessionTiming): WebSocket => {
  // closeTimeout is not in @types/ws yet.
  const options: ClientOptions & { closeTimeout: number } = {
    perMessageDeflate: false,
    closeTimeout: timing.closeMs,
    maxPayload: MAX_SESSION_FRAME_BYTES,
    headers: token === null ? {} : { Authorization: `Bearer ${token}` },
  };
  return new WebSocket(url, options);
};

/** Begins to connect; the handlers are called with the outcome. */
export const openSession = (
  target: SessionTarget,
  timing: SessionTiming,
  handlers: SessionHandlers,
): MonitorSession => {
  const socket = connect(target, timing);
  let trouble: string | null = null;
  let isAgreed = false;

  const drop = (reason: string): void => {
    trouble ??= reason;
    socket.terminate();
  };
  const patience = setTimeout(() => {
    drop(`no version reply within ${timing.handshakeMs} ms`);
  }, timing.handshakeMs);
  const agree = (agreed: Agreed): void => {
    clearTimeout(patience);
    isAgreed = true;
    handlers.onConnected(agreed);
  };

  socket.on('open', () => {
    socket.send(RANGE);
  });
  socket.on('message', (data) => {
    const text = frameText(data);
    if (isAgreed) handlers.onText(text);
    else E.match(drop, agree)(readVersionReply(text));
  });
  socket.on('error', ({ message }) => {
    trouble ??= message;
  });
  socket.on('close', (code, reason) => {
    clearTimeout(patience);
    handlers.onEnd(trouble ?? `closed: ${code} ${reason.toString('utf8')}`.trimEnd());
  });
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    drop,
    close: () => {
      socket.close(1000, 'the agent stops');
    },
  };
};
