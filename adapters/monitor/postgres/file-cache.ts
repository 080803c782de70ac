/**
 * Postgres' file cache, sized by SQL: commands one after another on one connection, each within its
 * deadline, each repeated once on a new connection when the old one broke under it. A failure is a
 * value with one line of reason; nothing here rejects, but for a broken invariant of ours.
 */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { MIB } from '../../../machines/shared/units';
import { readCap, readCacheLimit, setLimit, type CacheServer } from './cache-limit';
import { withDeadline } from './deadline';
import { lost, messageOf, refused, type Failure } from './failure';
import { createHeldServer, type HeldServer } from './held-server';
import { SQL_DEADLINES, type SqlDeadlines } from './deadlines';
import { createQueue, type Queue } from '../../shared/queue';
import type { SqlSession } from './session';
import { countWaiting } from './statements';
import { createReasonText } from './told';
import { createWorkingSetReader, type WorkingSetPages } from './working-set';

/** The statechart has one command under way; the rest is for the actor's own renewal and a stop in between. */
const MAX_WAITING_STATEMENTS = 4;

/** The server answers and has no such cache, with the words for it: vanilla Postgres. No connection is kept. */
export interface NotOffered {
  readonly notOffered: string;
}

export interface FileCache {
  /**
   * Connects, and proves that we may size the cache by setting the size that it has. `maxBytes`: the
   * largest size that the server takes.
   */
  connect(signal: AbortSignal): Promise<Either<string, { readonly maxBytes: number } | NotOffered>>;
  /** Sizes the cache; `sizeBytes` of the result is what was reached: whole MiB, capped by the server's maximum. */
  resize(sizeBytes: number, signal: AbortSignal): Promise<Either<string, { readonly sizeBytes: number } | NotOffered>>;
  /**
   * The working set for windows of 1, 2, … minutes. Null: nobody is connected, or a command is under way that
   * must not wait for this. A command that comes meanwhile waits for at most the time of one statement. It does not connect, and does not keep a connection from being renewed.
   */
  workingSet(): Promise<Either<string, WorkingSetPages> | null>;
  /**
   * How many sessions wait for a lock that one of these processes has. Null, and how long it takes: as for the working set.
   */
  countWaiting(pids: readonly number[]): Promise<Either<string, number> | null>;
  /** Gives up what is under way and closes the connection. */
  close(): Promise<void>;
}

export interface FileCacheOptions {
  /** Connection string in either form of libpq. */
  readonly dsn: string;
  /** The server went away while no command was under way. Emitted once, until a command has connected again. */
  readonly onLost: (reason: string) => void;
  readonly deadlines?: SqlDeadlines;
}

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
  (pids: readonly number[]) =>
  async (session: SqlSession, signal: AbortSignal): Promise<Either<Failure, number>> => {
    const counted = await session.query(countWaiting(pids), signal);
    return E.isLeft(counted) ? counted : E.right(counted.right[0].waiting);
  };

/** One statement after the other, each with a deadline of its own that also counts the wait for its turn. */
const turns =
  (queue: Queue, closing: AbortSignal) =>
  async <T>(
    ms: number,
    stops: readonly AbortSignal[],
    work: (signal: AbortSignal) => Promise<Either<Failure, T>>,
  ): Promise<Either<Failure, T>> => {
    const outcome = await withDeadline(ms, [...stops, closing], (signal) => queue.run(() => work(signal)));
    return outcome ?? E.left(TOO_MANY);
  };

/** The file cache of the server at `dsn`. Nothing is opened before `connect` or `resize`. */
export const createFileCache = ({ dsn, onLost, deadlines = SQL_DEADLINES }: FileCacheOptions): FileCache => {
  const told = createReasonText(dsn);
  const queue = createQueue(MAX_WAITING_STATEMENTS);
  const closing = new AbortController();
  const readWorkingSet = createWorkingSetReader();
  let renewal: NodeJS.Timeout | undefined;

  /** A command under way has an outcome of its own. */
  const tellIfIdle = (reason: string): void => {
    if (queue.length() === 0 && !closing.signal.aborted) onLost(told(reason));
  };
  const server = createHeldServer(dsn, deadlines, tellIfIdle);

  const inTurn = turns(queue, closing.signal);

  const awaitRenewal = (): void => {
    clearTimeout(renewal);
    if (server.held() !== null) renewal = setTimeout(() => void renew(), deadlines.renewMs).unref();
  };

  const renew = async (): Promise<void> => {
    const renewed = await inTurn(deadlines.openMs, [], (signal) => {
      // NB: a deadline that passed in the queue, behind a command, leaves the connection as it is.
      if (!signal.aborted) server.drop();
      return onceMoreIfLost(server, () => Promise.resolve(E.right(null)), signal);
    });
    awaitRenewal();
    if (E.isLeft(renewed) && server.held() === null) tellIfIdle(renewed.left.reason);
  };

  const command = async <T>(
    ms: number,
    signal: AbortSignal,
    step: Step<T>,
  ): Promise<Either<string, T | NotOffered>> => {
    const outcome = await inTurn(ms, [signal], (stop) => onceMoreIfLost(server, step, stop));
    awaitRenewal();
    if (E.isRight(outcome)) return outcome;
    const { kind, reason } = outcome.left;
    return kind === 'notOffered' ? E.right({ notOffered: told(reason) }) : E.left(told(reason));
  };

  /** A question that no command asks: only while nothing else is under way. */
  const askInBetween = async <T>(
    ask: (session: SqlSession, signal: AbortSignal) => Promise<Either<Failure, T>>,
  ): Promise<Either<string, T> | null> => {
    const held = server.held();
    if (held === null || queue.length() > 0) return null;
    const read = await inTurn(deadlines.queryMs, [], (signal) => ask(held.session, signal));
    // Nobody else reports a connection that broke under it.
    if (E.isLeft(read) && read.left.kind === 'lost') tellIfIdle(read.left.reason);
    return E.mapLeft(({ reason }: Failure) => told(reason))(read);
  };

  return {
    connect: (signal) => command(deadlines.connectMs, signal, proveSizing(deadlines)),
    resize: (sizeBytes, signal) => command(deadlines.resizeMs, signal, sizeTo(sizeBytes, deadlines)),
    workingSet: () => askInBetween(readWorkingSet),
    countWaiting: (pids) => askInBetween(askWhoWaits(pids)),
    close: async () => {
      closing.abort(new Error('closed'));
      await queue.drained();
      clearTimeout(renewal);
      server.drop();
    },
  };
};
