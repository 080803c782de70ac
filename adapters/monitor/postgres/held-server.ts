/** The one connection that we keep between commands, and a new one when it is gone. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { examineLimit, type CacheServer } from './cache-limit';
import { SQL_DEADLINES, withDeadline, type SqlDeadlines } from './deadlines';
import { createReasonText, type Failure } from './failure';
import { openSqlSession } from './session';

export class HeldServer {
  #held: CacheServer | null = null;

  /** @param onLost the connection that was held is gone; once for each */
  constructor(
    private readonly dsn: string,
    private readonly deadlines: SqlDeadlines,
    private readonly onLost: (reason: string) => void,
  ) {}

  /** The connection that is held; null: none. */
  get held(): CacheServer | null {
    return this.#held;
  }

  /** The connection that is held, else a new one to a server that has been examined. */
  async get(signal: AbortSignal): Promise<Either<Failure, CacheServer>> {
    if (this.#held !== null && !this.#held.session.isLost) return E.right(this.#held);
    const opened = await openSqlSession(this.dsn, this.deadlines, signal);
    if (E.isLeft(opened)) return opened;
    const examined = await examineLimit(opened.right, signal);
    if (E.isRight(examined)) this.#keep(examined.right);
    else opened.right.end();
    return examined;
  }

  /** Closes the connection that is held; `onLost` is not called. */
  drop(): void {
    const dropped = this.#held;
    this.#held = null;
    dropped?.session.end();
  }

  #keep(server: CacheServer): void {
    this.#held = server;
    void server.session.lost.then((reason) => {
      if (this.#held !== server) return;
      this.#held = null;
      this.onLost(reason);
    });
  }
}

/** Whether the server has a file cache that can be sized; that we may size it only a connect proves. */
export type ServerLook = 'offered' | 'vanilla';

/**
 * One look at a server, which changes nothing there: for `vm-monitor doctor`. Takes at most as long as a connect.
 * Left: why it could not be seen.
 */
export const lookAtServer = async (dsn: string): Promise<Either<string, ServerLook>> => {
  const server = new HeldServer(dsn, SQL_DEADLINES, () => undefined);
  const observed = await withDeadline(SQL_DEADLINES.connectMs, [], (signal) => server.get(signal));
  server.drop();
  if (E.isRight(observed)) return E.right('offered');
  const { kind, reason } = observed.left;
  return kind === 'notOffered' ? E.right('vanilla') : E.left(createReasonText(dsn)(reason));
};
