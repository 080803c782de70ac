/** File caches of the running test, what they told, and what a server shows. */
import * as E from 'fp-ts/Either';
import { SQL_DEADLINES, type SqlDeadlines, FileCache } from '../../../../adapters/monitor/postgres';
import type { TestPostgres } from '../../../support/postgres';

export const NEVER: AbortSignal = new AbortController().signal;

export interface TestCache {
  readonly cache: FileCache;
  /** What onLost was told. */
  readonly losses: readonly string[];
  /** Resolves with the first loss, also one that was told already. */
  readonly firstLoss: Promise<string>;
}

const open = new Set<FileCache>();

/** Belongs into afterEach, before the servers go. */
export const closeCaches = async (): Promise<void> => {
  await Promise.all([...open].map((cache) => cache.close()));
  open.clear();
};

export const cacheAt = (dsn: string, deadlines: Partial<SqlDeadlines> = {}): TestCache => {
  const losses: string[] = [];
  let cache: FileCache;
  const firstLoss = new Promise<string>((resolve) => {
    const onLost = (reason: string): void => {
      losses.push(reason);
      resolve(reason);
    };
    cache = new FileCache({ dsn, onLost, deadlines: { ...SQL_DEADLINES, ...deadlines } });
    open.add(cache);
  });
  return { cache: cache!, losses, firstLoss };
};

/** A cache that has connected. */
export const connectedTo = async (dsn: string, deadlines: Partial<SqlDeadlines> = {}): Promise<TestCache> => {
  const test = cacheAt(dsn, deadlines);
  const connected = await test.cache.connect(NEVER);
  if (E.isLeft(connected)) throw new Error(connected.left);
  return test;
};

/** What another session of the server sees: "256MB". */
export const shownLimit = async (server: TestPostgres): Promise<unknown> =>
  (await server.query('SHOW neon.file_cache_size_limit'))[0]?.['neon.file_cache_size_limit'];

/** What ALTER SYSTEM has left for the next start, in MB as text; undefined for nothing. */
export const persistedLimit = async (server: TestPostgres): Promise<unknown> =>
  (
    await server.query(
      `SELECT setting FROM pg_file_settings
        WHERE name = 'neon.file_cache_size_limit' AND sourcefile LIKE '%postgresql.auto.conf'`,
    )
  )[0]?.['setting'];

/** Looks again until `holds`; the test's own time-out is the bound. */
export const eventually = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
};

export interface SettingsLock {
  /** Resolves when a connection of the monitor waits that has not been seen here before. */
  blocked(): Promise<void>;
  release(): Promise<void>;
}

/** Holds every statement that looks at the settings; the server is otherwise well. */
export const blockSettings = async (server: TestPostgres): Promise<SettingsLock> => {
  const session = await server.session();
  await session.query('BEGIN');
  await session.query('LOCK TABLE pg_settings IN ACCESS EXCLUSIVE MODE');
  const observed = new Set<unknown>();
  return {
    blocked: () =>
      eventually(async () => {
        const waiting = await server.query(
          `SELECT pid FROM pg_stat_activity WHERE application_name = 'vm-monitor' AND wait_event_type = 'Lock'`,
        );
        const fresh = waiting.filter(({ pid }) => !observed.has(pid));
        for (const { pid } of fresh) observed.add(pid);
        return fresh.length > 0;
      }),
    release: () => session.end().catch(() => undefined), // Gone already where the server was stopped.
  };
};

export const terminateMonitor = (server: TestPostgres): Promise<unknown> =>
  server.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vm-monitor'`);
