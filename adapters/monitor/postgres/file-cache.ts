/**
 * Postgres' file cache, sized by SQL: commands one after another on one connection, each within its
 * deadline, each repeated once on a new connection when the old one broke under it. A failure is a
 * value with one line of reason; nothing here rejects, but for a broken invariant of ours.
 */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { MIB } from '../../../machines/shared/units';
import { readCap, readCacheLimit, setLimit, type CacheServer } from './cache-limit';
import { SQL_DEADLINES, withDeadline, type SqlDeadlines } from './deadlines';
import { createReasonText, lost, messageOf, refused, type Failure } from './failure';
import { HeldServer } from './held-server';
import { createQueue } from '../../shared/queue';
import type { SqlSession } from './session';
import { countWaiting } from './statements';
import { createWorkingSetReader, type WorkingSetPages } from './working-set';

/** The statechart has one command under way; the rest is for the actor's own renewal and a stop in between. */
const MAX_WAITING_STATEMENTS = 4;

/** The server answers and has no such cache, with the words for it: vanilla Postgres. No connection is kept. */
export interface NotOffered {
  readonly notOffered: string;
}

export interface FileCacheOptions {
  /** Connection string in either form of libpq. */
  readonly dsn: string;
  /** The server went away while no command was under way. Emitted once, until a command has connected again. */
  readonly onLost: (reason: string) => void;
  readonly deadlines?: SqlDeadlines;
}

type Ask<T> = (session: SqlSession, signal: AbortSignal) => Promise<Either<Failure, T>>;

type Step<T> = (server: CacheServer, signal: AbortSignal) => Promise<Either<Failure, T>>;

const proveSizing =
  (deadlines: SqlDeadlines): Step<{ maxBytes: number }> =>
  async (server, signal) => {
    const limit = await readCacheLimit(server, signal);
    if (E.isLeft(limit)) return limit;
    const cap = await readCap(server, signal);
    if (E.isLeft(cap)) return cap;
    const set = await setLimit(server, Math.min(limit.right, cap.right), deadlines, signal);
    return E.isLeft(set) ? set : E.right({ maxBytes: cap.right });
  };

const sizeTo =
  (sizeBytes: number, deadlines: SqlDeadlines): Step<{ sizeBytes: number }> =>
  async (server, signal) => {
    const cap = await readCap(server, signal);
    if (E.isLeft(cap)) return cap;
    const limit = await readCacheLimit(server, signal);
    if (E.isLeft(limit)) return limit;
    const target = Math.floor(Math.min(sizeBytes, cap.right) / MIB) * MIB;
    const set = limit.right === target ? limit : await setLimit(server, target, deadlines, signal);
    return E.isLeft(set) ? set : E.right({ sizeBytes: set.right });
  };

/** The whole step again, since what the broken connection has done and what has changed meanwhile is unknown. */
const onceMoreIfLost = async <T>(
  server: HeldServer,
  step: Step<T>,
  signal: AbortSignal,
): Promise<Either<Failure, T>> => {
  const attempt = async (): Promise<Either<Failure, T>> => {
    if (signal.aborted) return E.left(lost(messageOf(signal.reason)));
    const held = await server.get(signal);
    return E.isLeft(held) ? held : step(held.right, signal);
  };
  const first = await attempt();
  return E.isLeft(first) && first.left.kind === 'lost' && !signal.aborted ? attempt() : first;
};

const TOO_MANY = refused(`more than ${MAX_WAITING_STATEMENTS} commands wait already`);

const askWhoWaits =
  (pids: readonly number[]): Ask<number> =>
  async (session, signal) => {
    const counted = await session.query(countWaiting(pids), signal);
    return E.isLeft(counted) ? counted : E.right(counted.right[0].waiting);
  };

/** The file cache of a server. Nothing is opened before `connect` or `resize`. */
export class FileCache {
  readonly #told: (reason: string) => string;
  readonly #deadlines: SqlDeadlines;
  readonly #queue = createQueue(MAX_WAITING_STATEMENTS);
  readonly #closing = new AbortController();
  readonly #readWorkingSet = createWorkingSetReader();
  readonly #server: HeldServer;
  #renewal: NodeJS.Timeout | undefined;

  constructor(private readonly options: FileCacheOptions) {
    this.#told = createReasonText(options.dsn);
    this.#deadlines = options.deadlines ?? SQL_DEADLINES;
    this.#server = new HeldServer(options.dsn, this.#deadlines, (reason) => {
      this.#tellIfIdle(reason);
    });
  }

  /**
   * Connects, and proves that we may size the cache by setting the size that it has. `maxBytes`: the
   * largest size that the server takes.
   */
  connect(signal: AbortSignal): Promise<Either<string, { readonly maxBytes: number } | NotOffered>> {
    return this.#command(this.#deadlines.connectMs, signal, proveSizing(this.#deadlines));
  }

  /** Sizes the cache; `sizeBytes` of the result is what was reached: whole MiB, capped by the server's maximum. */
  resize(sizeBytes: number, signal: AbortSignal): Promise<Either<string, { readonly sizeBytes: number } | NotOffered>> {
    return this.#command(this.#deadlines.resizeMs, signal, sizeTo(sizeBytes, this.#deadlines));
  }

  /**
   * The working set for windows of 1, 2, … minutes. Null: nobody is connected, or a command is under way that must not
   * wait for this. A command that comes meanwhile waits for at most the time of one statement. It does not connect, and
   * does not keep a connection from being renewed.
   */
  workingSet(): Promise<Either<string, WorkingSetPages> | null> {
    return this.#askInBetween(this.#readWorkingSet);
  }

  /** How many sessions wait for a lock that one of these processes has. Null, and how long it takes: as for the working set. */
  countWaiting(pids: readonly number[]): Promise<Either<string, number> | null> {
    return this.#askInBetween(askWhoWaits(pids));
  }

  /** Gives up what is under way and closes the connection. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('closed'));
    await this.#queue.drained();
    clearTimeout(this.#renewal);
    this.#server.drop();
  }

  /** One after the other, each with a deadline of its own that also counts the wait for its turn. */
  async #inTurn<T>(
    ms: number,
    stops: readonly AbortSignal[],
    work: (signal: AbortSignal) => Promise<Either<Failure, T>>,
  ): Promise<Either<Failure, T>> {
    const allStops = [...stops, this.#closing.signal];
    return (await withDeadline(ms, allStops, (signal) => this.#queue.run(() => work(signal)))) ?? E.left(TOO_MANY);
  }

  async #command<T>(ms: number, signal: AbortSignal, step: Step<T>): Promise<Either<string, T | NotOffered>> {
    const outcome = await this.#inTurn(ms, [signal], (stop) => onceMoreIfLost(this.#server, step, stop));
    this.#awaitRenewal();
    if (E.isRight(outcome)) return outcome;
    const { kind, reason } = outcome.left;
    return kind === 'notOffered' ? E.right({ notOffered: this.#told(reason) }) : E.left(this.#told(reason));
  }

  /** A question that no command asks: only while nothing else is under way. */
  async #askInBetween<T>(ask: Ask<T>): Promise<Either<string, T> | null> {
    const { held } = this.#server;
    if (held === null || this.#queue.length() > 0) return null;
    const read = await this.#inTurn(this.#deadlines.queryMs, [], (signal) => ask(held.session, signal));
    // Nobody else reports a connection that broke under it.
    if (E.isLeft(read) && read.left.kind === 'lost') this.#tellIfIdle(read.left.reason);
    return E.mapLeft(({ reason }: Failure) => this.#told(reason))(read);
  }

  #awaitRenewal(): void {
    clearTimeout(this.#renewal);
    if (this.#server.held === null) return;
    this.#renewal = setTimeout(() => void this.#renew(), this.#deadlines.renewMs).unref();
  }

  async #renew(): Promise<void> {
    const renewed = await this.#inTurn(this.#deadlines.openMs, [], (signal) => {
      // NB: a deadline that passed in the queue, behind a command, leaves the connection as it is.
      if (!signal.aborted) this.#server.drop();
      return onceMoreIfLost(this.#server, () => Promise.resolve(E.right(null)), signal);
    });
    this.#awaitRenewal();
    if (E.isLeft(renewed) && this.#server.held === null) this.#tellIfIdle(renewed.left.reason);
  }

  /** A command under way has an outcome of its own. */
  #tellIfIdle(reason: string): void {
    if (this.#queue.length() === 0 && !this.#closing.signal.aborted) this.options.onLost(this.#told(reason));
  }
}
