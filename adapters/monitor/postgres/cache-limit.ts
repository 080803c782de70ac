/**
 * The cache's limit in a server: examine, cap, set, read back. The steps of neondatabase/neon,
 * libs/vm_monitor, src/filecache.rs; ours caps also by the maximum that the next start will have,
 * and believes a size only when the server shows it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { formatBytes } from '../../../machines/shared/format';
import { MIB } from '../../../machines/shared/units';
import { notOffered, refused, type Failure } from './failure';
import type { SqlDeadlines } from './deadlines';
import type { SqlSession } from './session';
import * as sql from './statements';

/** A connection to a server that has the two settings. */
export interface CacheServer {
  readonly session: SqlSession;
  /** Whether the role may see what the configuration files say. */
  readonly readsFiles: boolean;
}

const RESTART_ONLY: ReadonlySet<string> = new Set(['internal', 'postmaster']);

const absence = (name: string): string => `this server does not have the setting ${name}`;

/** Why these are not the settings that we know, or null. */
const complaint = (settings: readonly sql.Setting[]): string | null => {
  for (const name of [sql.LIMIT, sql.MAXIMUM]) {
    const setting = settings.find((each) => each.name === name);
    if (setting === undefined) return absence(name);
    if (setting.unit !== 'MB') return `${name} has the unit ${String(setting.unit)} here; expected: MB`;
    if (name === sql.LIMIT && RESTART_ONLY.has(setting.context))
      return `${name} cannot be changed without a restart here (context ${setting.context})`;
  }
  return null;
};

/**
 * A setting that pg_settings does not list is unknown to the server, a placeholder, or not for us to see. To look
 * at the last is an error (SQLSTATE 42501) and a failure; the others are vanilla Postgres.
 */
const explainAbsence = async (session: SqlSession, signal: AbortSignal): Promise<Either<Failure, never>> => {
  const looked = await session.query(sql.LOOK_AT_LIMIT, signal);
  return E.isLeft(looked) ? looked : E.left(notOffered(absence(sql.LIMIT)));
};

export const examineLimit = async (session: SqlSession, signal: AbortSignal): Promise<Either<Failure, CacheServer>> => {
  const described = await session.query(sql.DESCRIBE_SETTINGS, signal);
  if (E.isLeft(described)) return described;
  if (!described.right.some(({ name }) => name === sql.LIMIT)) return explainAbsence(session, signal);
  const reason = complaint(described.right);
  if (reason !== null) return E.left(refused(reason));
  return E.right({ session, readsFiles: described.right.every(({ files }) => files) });
};

const readSize = async (
  session: SqlSession,
  setting: string,
  signal: AbortSignal,
): Promise<Either<Failure, number>> => {
  const read = await session.query(sql.readSize(setting), signal);
  return E.isLeft(read) ? read : E.right(read.right[0].bytes);
};

export const readCacheLimit = ({ session }: CacheServer, signal: AbortSignal): Promise<Either<Failure, number>> =>
  readSize(session, sql.LIMIT, signal);

/**
 * The largest limit, in bytes, that this server accepts now and at its next start: with a persisted limit above
 * the maximum it does not start. Read each time anew, since both can change under us.
 */
export const readCap = async (
  { session, readsFiles }: CacheServer,
  signal: AbortSignal,
): Promise<Either<Failure, number>> => {
  const maximum = await readSize(session, sql.MAXIMUM, signal);
  if (E.isLeft(maximum) || !readsFiles) return maximum;
  const atRestart = await session.query(sql.READ_MAXIMUM_AT_RESTART, signal);
  // A value there that cannot be read would not let the server start either; the running one is what we have.
  if (E.isLeft(atRestart)) return atRestart.left.kind === 'lost' ? atRestart : maximum;
  return E.right(Math.min(maximum.right, atRestart.right[0]?.bytes ?? maximum.right));
};

/** The server shows a new value 2 to 6 ms after the reload, so one look would see the old one. */
const readBack = async (
  server: CacheServer,
  sizeBytes: number,
  { readBackMs, pollMs }: SqlDeadlines,
  signal: AbortSignal,
): Promise<Either<Failure, number>> => {
  const endAt = performance.now() + readBackMs;
  for (;;) {
    const shown = await readCacheLimit(server, signal);
    if (E.isLeft(shown) || shown.right === sizeBytes) return shown;
    if (performance.now() >= endAt) {
      const [is, asked] = [formatBytes(shown.right), formatBytes(sizeBytes)];
      return E.left(refused(`${sql.LIMIT} was set to ${asked} but is still ${is} after ${readBackMs} ms`));
    }
    await sleep(pollMs);
  }
};

/** Sets the limit and waits until the server shows it; resolves with the size reached, in whole MiB. */
export const setLimit = async (
  server: CacheServer,
  sizeBytes: number,
  deadlines: SqlDeadlines,
  signal: AbortSignal,
): Promise<Either<Failure, number>> => {
  const mib = Math.floor(sizeBytes / MIB);
  const altered = await server.session.query(sql.alterLimit(mib), signal);
  if (E.isLeft(altered)) return altered;
  const reloaded = await server.session.query(sql.RELOAD, signal);
  if (E.isLeft(reloaded)) return reloaded;
  return readBack(server, mib * MIB, deadlines, signal);
};
