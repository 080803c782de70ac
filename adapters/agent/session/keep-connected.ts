/** Opens a session again and again; retries.ts says when. */
import type { Agreed } from '../../../machines/shared/protocol/version-reply';
import { Retries } from './retries';
import { openSession, type MonitorSession, type SessionHandlers, type SessionTarget } from './session';
import type { SessionTiming } from './timing';

export interface LinkHandlers extends Omit<SessionHandlers, 'onEnd'> {
  /** The connection ended or never was; the next attempt begins after `retryInMs`. */
  readonly onLost: (reason: string, retryInMs: number) => void;
}

export interface Link {
  /** Passes over the text when nobody is there. @returns whether somebody is */
  send(text: string): boolean;
  /** Ends the present connection, if there is one; the next attempt follows. */
  drop(reason: string): void;
  /** No further attempt; resolves when the socket is gone. */
  stop(): Promise<void>;
}

export const keepConnected = (target: SessionTarget, timing: SessionTiming, handlers: LinkHandlers): Link => {
  let session: MonitorSession | null = null;
  const retries = new Retries(timing);
  let retry: NodeJS.Timeout | undefined;
  let stopping: Promise<void> | null = null;
  let onStopped: (() => void) | null = null;

  const onConnected = (agreed: Agreed): void => {
    retries.connected(performance.now());
    handlers.onConnected(agreed);
  };
  const onEnd = (reason: string): void => {
    session = null;
    if (onStopped !== null) {
      onStopped();
      return;
    }
    const retryInMs = retries.lost(performance.now());
    handlers.onLost(reason, retryInMs);
    retry = setTimeout(begin, retryInMs);
  };
  const begin = (): void => {
    session = openSession(target, timing, { ...handlers, onConnected, onEnd });
  };
  const end = (): Promise<void> =>
    new Promise((resolve) => {
      clearTimeout(retry);
      if (session === null) resolve();
      else {
        onStopped = resolve;
        session.close();
      }
    });

  begin();
  return {
    send: (text) => {
      session?.send(text);
      return session !== null;
    },
    drop: (reason) => session?.drop(reason),
    stop: () => (stopping ??= end()),
  };
};
