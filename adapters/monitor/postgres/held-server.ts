/** The one connection that we keep between commands, and a new one when it is gone. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { examineLimit, type CacheServer } from './cache-limit';
import type { Failure } from './failure';
import type { SqlDeadlines } from './deadlines';
import { openSqlSession } from './session';

export interface HeldServer {
  /** The connection that is held, else a new one to a server that has been examined. */
  get(signal: AbortSignal): Promise<Either<Failure, CacheServer>>;
  /** The connection that is held; null: none. */
  readonly held: () => CacheServer | null;
  /** Closes the connection that is held; `onLost` is not called. */
  drop(): void;
}

/** @param onLost the connection that was held is gone; once for each */
export const createHeldServer = (
  dsn: string,
  deadlines: SqlDeadlines,
  onLost: (reason: string) => void,
): HeldServer => {
  let held: CacheServer | null = null;

  const keep = (server: CacheServer): void => {
    held = server;
    void server.session.lost.then((reason) => {
      if (held !== server) return;
      held = null;
      onLost(reason);
    });
  };

  const open = async (signal: AbortSignal): Promise<Either<Failure, CacheServer>> => {
    const opened = await openSqlSession(dsn, deadlines, signal);
    if (E.isLeft(opened)) return opened;
    const examined = await examineLimit(opened.right, signal);
    if (E.isRight(examined)) keep(examined.right);
    else opened.right.end();
    return examined;
  };

  return {
    get: (signal) => (held === null || held.session.isLost() ? open(signal) : Promise.resolve(E.right(held))),
    held: () => held,
    drop: () => {
      const dropped = held;
      held = null;
      dropped?.session.end();
    },
  };
};
