/** Opens a session again and again; retries.ts says when. */
import { Retries } from './retries';
import { openSession, type MonitorSession, type SessionHandlers, type SessionTarget } from './session';
import type { SessionTiming } from './timing';

export interface Link {
  /** Passes over the text when nobody is there. */
  send(text: string): void;
  /** Ends the present connection, if there is one; the next attempt follows. */
  drop(reason: string): void;
  /** No further attempt; resolves when the socket is gone. To be called once. */
  stop(): Promise<void>;
}

/** @param handlers `onEnd` is called after each connection and each attempt in vain, until the link is stopped */
export const keepConnected = (target: SessionTarget, timing: SessionTiming, handlers: SessionHandlers): Link => {
  let session: MonitorSession | null = null;
  const retries = new Retries(timing);
  let retry: NodeJS.Timeout | undefined;
  let onStopped: (() => void) | null = null;

  const begin = (): void => {
    session = openSession(target, timing, {
      onConnected: (agreed) => {
        retries.connected(performance.now());
        handlers.onConnected(agreed);
      },
      onText: handlers.onText,
      onEnd: (reason) => {
        session = null;
        if (onStopped !== null) {
          onStopped();
          return;
        }
        const retryInMs = retries.lost(performance.now());
        handlers.onEnd(reason);
        retry = setTimeout(begin, retryInMs);
      },
    });
  };

  begin();
  return {
    send: (text) => session?.send(text),
    drop: (reason) => session?.drop(reason),
    stop: () =>
      new Promise((resolve) => {
        clearTimeout(retry);
        if (session === null) resolve();
        else {
          onStopped = resolve;
          session.close();
        }
      }),
  };
};
