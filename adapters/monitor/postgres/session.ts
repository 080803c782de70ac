/**
 * One connection to Postgres, from its opening to its loss; it is never repaired. A deadline that
 * passes destroys it: the answer that is still under way must not meet the next statement, and
 * nobody knows whether the statement was carried out.
 */
import { Socket } from 'node:net';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import * as t from 'io-ts';
import type * as Pg from 'pg';
import { AnswerWatch, type AnswerBounds } from './answer-watch';
import { defaultUser, pgUrl } from './connection-string';
import { lost, messageOf, refused, type Failure } from './failure';
import { boundAnswers } from './guard-answers';
import type { SqlDeadlines } from './deadlines';
import { MIB } from '../../../machines/shared/units';

/**
 * Far above what an honest server sends: 60 rows at most, 20 messages at login, errors of a few hundred bytes. What
 * passes is held by pg's parser, so these bound our memory, and messages bound the time that parsing takes.
 */
export const ANSWER_BOUNDS: AnswerBounds = { messageBytes: MIB, bytes: 2 * MIB, messages: 2_000, rows: 1_000 };

export interface Statement<Rows> {
  readonly text: string;
  /** Decodes the rows of the answer. */
  readonly rows: t.Type<Rows, unknown>;
}

/** The end of a connection: the first reason counts, because pg reports a loss two or three times. */
class Loss {
  reason: string | null = null;
  /** We would not take any more of what the server says. */
  isStopped = false;
  #emit: (reason: string) => void = () => undefined;
  readonly told = new Promise<string>((resolve) => {
    this.#emit = resolve;
  });

  constructor(private readonly socket: Socket) {}

  lose(why: string): void {
    if (this.reason !== null) return;
    this.reason = why;
    this.socket.destroy();
    this.#emit(why);
  }

  stop(why: string): void {
    this.isStopped = true;
    this.lose(why);
  }
}

/** Waits for `work`, which ends when the socket does; that happens at the latest after `ms` or with `signal`. */
const orLose = async <T>(loss: Loss, work: Promise<T>, ms: number, signal: AbortSignal, what: string): Promise<T> => {
  const stop = (): void => {
    loss.lose(messageOf(signal.reason));
  };
  const timer = setTimeout(() => {
    loss.lose(`${what} within ${ms} ms`);
  }, ms);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
};

/** Loaded only where a Postgres is named: it would take a third of an idle monitor's memory. */
const loadPg = (): Promise<typeof Pg> => import('pg');

/** What the server itself sent, and not the network: only that has a severity. */
const isServersWord = (error: unknown): error is Error & { readonly code?: unknown } =>
  error instanceof Error && 'severity' in error;

const PERMISSION_DENIED = '42501';

const refusalOf = (text: string, error: unknown): Failure => {
  const hint = isServersWord(error) && error.code === PERMISSION_DENIED ? ' (docs/postgres.md: the role)' : '';
  return refused(`${text}: ${messageOf(error)}${hint}`);
};

const HasRows = t.type({ rows: t.unknown });

/** Of several statements in one text pg gives a result each; the last one counts. */
const lastRows = (results: unknown): unknown => {
  const last: unknown = Array.isArray(results) ? results.at(-1) : results;
  return HasRows.is(last) ? last.rows : undefined;
};

/** The rows as they came, or why there are none. */
const answer = async (client: Pg.Client, loss: Loss, text: string): Promise<Either<Failure, unknown>> => {
  const ready = new Promise<void>((resolve) => client.once('drain', resolve));
  try {
    return E.right(lastRows(await client.query<object>(text)));
  } catch (error) {
    // NB: a server that goes down refuses the statement first and hangs up then. pg emits drain when
    // the server is ready for the next statement, which distinguishes the two.
    await Promise.race([ready, loss.told]);
    if (loss.reason === null) return E.left(refusalOf(text, error));
    return E.left(lost(isServersWord(error) && !loss.isStopped ? messageOf(error) : loss.reason));
  }
};

export class SqlSession {
  constructor(
    private readonly client: Pg.Client,
    private readonly loss: Loss,
    private readonly watch: AnswerWatch,
    private readonly queryMs: number,
  ) {}

  get isLost(): boolean {
    return this.loss.reason !== null;
  }

  /** Resolves with the reason when the connection is gone, also after `end`. */
  get lost(): Promise<string> {
    return this.loss.told;
  }

  /** Runs one statement; the next one only after it has ended. `signal` gives it up, and the connection with it. */
  async query<Rows>({ text, rows }: Statement<Rows>, signal: AbortSignal): Promise<Either<Failure, Rows>> {
    const { client, loss } = this;
    if (loss.reason !== null) return E.left(lost(loss.reason));
    this.watch.begin();
    const answered = await orLose(loss, answer(client, loss, text), this.queryMs, signal, 'no answer');
    if (E.isLeft(answered)) return answered;
    const decoded = rows.decode(answered.right);
    return E.isRight(decoded) ? decoded : E.left(refused(`${text}: unexpected answer`));
  }

  /** Closes the connection at once. The server takes an end between statements as an orderly one. */
  end(): void {
    this.loss.lose('closed');
  }
}

const badString = (why: string): Failure => refused(`connection string: ${why}`);

/** pg throws for a text that is no connection string and for certificates that cannot be read. */
const createClient = ({ Client: PgClient }: typeof Pg, url: string, socket: Socket): Either<Failure, Pg.Client> =>
  E.tryCatch(
    () =>
      new PgClient({
        connectionString: url,
        application_name: 'vm-monitor',
        keepAlive: true,
        // Our own socket, because pg has no way to drop a connection without waiting for the other side.
        stream: () => socket,
      }),
    (error) => badString(messageOf(error)),
  );

/** Opens a connection; `signal` gives up. */
export const openSqlSession = async (
  dsn: string,
  deadlines: SqlDeadlines,
  signal: AbortSignal,
): Promise<Either<Failure, SqlSession>> => {
  const url = pgUrl(dsn, defaultUser);
  if (E.isLeft(url)) return E.left(badString(url.left));
  const socket = new Socket();
  const created = createClient(await loadPg(), url.right, socket);
  if (E.isLeft(created)) return created;
  const client = created.right;
  const loss = new Loss(socket);
  // NB: before connect(): an error event without a listener ends the process. Not taken off again, for pg repeats them.
  client.on('error', (error) => {
    loss.lose(messageOf(error));
  });
  client.on('end', () => {
    loss.lose('the connection ended');
  });
  const watch = new AnswerWatch(ANSWER_BOUNDS);
  boundAnswers(client.connection, watch, (reason) => {
    loss.stop(reason);
  });
  try {
    await orLose(loss, client.connect(), deadlines.openMs, signal, 'no connection');
    return E.right(new SqlSession(client, loss, watch, deadlines.queryMs));
  } catch (error) {
    const reason = loss.reason;
    loss.lose(messageOf(error));
    if (isServersWord(error) && !loss.isStopped) return E.left(refused(`login: ${messageOf(error)}`));
    return E.left(lost(reason ?? messageOf(error)));
  }
};
