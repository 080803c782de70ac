/** Opens a session again and again, with a back-off that doubles while nothing connects. */
import { openSession, type Session, type SessionHandlers, type SessionTarget } from './session';
import type { Timing } from './timing';

export interface LinkHandlers extends Omit<SessionHandlers, 'onEnd'> {
  /** The connection ended or never was; the next attempt begins after `retryInMs`. */
  readonly onLost: (reason: string, retryInMs: number) => void;
}

export interface Link {
  /** Sends a frame under the next id. @returns the id, or null when nobody is there */
  say(type: string, content: object): number | null;
  /** No further attempt; resolves when the socket is gone. */
  stop(): Promise<void>;
}

export const keepConnected = (target: SessionTarget, timing: Timing, handlers: LinkHandlers): Link => {
  let session: Session | null = null;
  let retryInMs = timing.firstRetryMs;
  let retry: NodeJS.Timeout | undefined;
  let stopping: Promise<void> | null = null;
  let onStopped: (() => void) | null = null;

  const onConnected = (version: number): void => {
    retryInMs = timing.firstRetryMs;
    handlers.onConnected(version);
  };
  const onEnd = (reason: string): void => {
    session = null;
    if (onStopped !== null) {
      onStopped();
      return;
    }
    handlers.onLost(reason, retryInMs);
    retry = setTimeout(begin, retryInMs);
    retryInMs = Math.min(2 * retryInMs, timing.longestRetryMs);
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
    say: (type, content) => session?.say(type, content) ?? null,
    stop: () => (stopping ??= end()),
  };
};
