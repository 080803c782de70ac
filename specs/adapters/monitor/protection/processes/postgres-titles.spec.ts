/** What Postgres processes call themselves, of versions 13 to 18 and of Neon, and what may be done to them. */
import {
  isPostgresTitle,
  leaderOf,
  whyNotCancelled,
  whyTitleNotThrottled,
} from '../../../../../adapters/monitor/protection/processes/postgres-titles';

type Row = readonly [title: string, notThrottled: RegExp | null, notCancelled: RegExp | null];

const NO_STATEMENT = /^it runs no statement of a client$/;
const LOCKS = /: others may wait for its locks$/;

const HELPERS: readonly Row[] = [
  ['postgres: checkpointer', /^checkpointer: /, NO_STATEMENT],
  ['postgres: checkpointer performing checkpoint', /^checkpointer: /, NO_STATEMENT],
  ['postgres: 15/main: checkpointer', /^checkpointer: /, NO_STATEMENT],
  ['postgres: background writer', /^background writer: /, NO_STATEMENT],
  ['postgres: walwriter', /^walwriter: /, NO_STATEMENT],
  ['postgres: walsender replica 10.0.0.9(5544) streaming 0/3000148', /^walsender: /, NO_STATEMENT],
  ['postgres: main: walsender replica [local] START_REPLICATION', /^walsender: /, NO_STATEMENT],
  ['postgres: walreceiver streaming 0/3000148', /^walreceiver: /, NO_STATEMENT],
  ['postgres: startup recovering 000000010000000000000003', /^startup: /, NO_STATEMENT],
  ['postgres: archiver last was 000000010000000000000002', /^archiver: /, NO_STATEMENT],
  ['postgres: autovacuum launcher', /^autovacuum launcher: /, NO_STATEMENT],
  ['postgres: logical replication launcher', /^logical replication: /, NO_STATEMENT],
  ['postgres: logical replication worker for subscription 16394', /^logical replication: /, NO_STATEMENT],
  ['postgres: logical replication apply worker for subscription 16394', /^logical replication: /, NO_STATEMENT],
  ['postgres: logical replication tablesync worker for subscription 16394 sync 16385', /^logical rep/, NO_STATEMENT],
  ['postgres: slotsync worker', /^slotsync worker: /, NO_STATEMENT],
  ['postgres: walsummarizer', /^walsummarizer: /, NO_STATEMENT],
  ['postgres: io worker 0', /^io worker: /, NO_STATEMENT],
  ['postgres: logger', /^logger: /, NO_STATEMENT],
  ['postgres: stats collector', /^stats collector: /, NO_STATEMENT],
  ['postgres: WAL proposer streaming 0/3000148', /^wal proposer: /, NO_STATEMENT],
  ['postgres: pg_cron launcher', /^a background worker: /, NO_STATEMENT],
  ['postgres: ', /^a background worker: /, NO_STATEMENT],
];

const STATEMENTS: readonly Row[] = [
  ['postgres: alice shop [local] SELECT', null, null],
  ['postgres: 15/main: alice shop [local] SELECT', null, null],
  ['postgres: a user some db [local] SELECT', null, null],
  ['postgres: SELECT [local] [local] INSERT', LOCKS, null],
  ['postgres: alice shop 10.0.0.9(50122) FETCH', null, null],
  ['postgres: alice shop 10.0.0.9(50122) EXPLAIN', null, null],
  ['postgres: alice shop 10.0.0.9(50122) CREATE INDEX', LOCKS, null],
  ['postgres: alice shop [local] SELECT FOR UPDATE', LOCKS, null],
  ['postgres: alice shop [local] UPDATE', LOCKS, null],
  ['postgres: alice shop [local] DELETE', LOCKS, null],
  ['postgres: alice shop [local] MERGE', LOCKS, null],
  ['postgres: alice shop [local] COPY', LOCKS, null],
  ['postgres: alice shop [local] CALL', LOCKS, null],
  // They wait for a lock.
  ['postgres: alice shop [local] SELECT waiting', LOCKS, null],
  ['postgres: alice shop 2001:db8::9(50122) INSERT waiting', LOCKS, null],
  ['postgres: parallel worker for PID 4711', null, null],
  ['postgres: 15/main: parallel worker for PID 4711', null, null],
  ['postgres: autovacuum worker shop', /^autovacuum worker: /, null],
  ['postgres: 15/main: autovacuum worker', /^autovacuum worker: /, null],
];

const COMMITTED = /: it (has|may have) committed already$/;

const COMMITS: readonly Row[] = [
  ['postgres: alice shop [local] COMMIT', LOCKS, COMMITTED],
  ['postgres: alice shop [local] COMMIT PREPARED', LOCKS, COMMITTED],
  ['postgres: alice shop [local] PREPARE', LOCKS, COMMITTED],
  ['postgres: alice shop [local] PREPARE TRANSACTION', LOCKS, COMMITTED],
  ['postgres: alice shop [local] INSERT waiting for 0/1516798', LOCKS, COMMITTED],
  ['postgres: alice shop [local] SELECT waiting for A/F1516798', LOCKS, COMMITTED],
  ['postgres: 15/main: alice shop 10.0.0.9(50122) COMMIT waiting for 0/1516798', LOCKS, COMMITTED],
  ['postgres: alice shop [local] PREPARE TRANSACTION waiting for 0/1516798', LOCKS, COMMITTED],
];

const UNTOLD = /^its title does not show /;

const WITHOUT_STATEMENT: readonly Row[] = [
  ['postgres: alice shop [local] idle', LOCKS, /^it runs no statement$/],
  ['postgres: alice shop 10.0.0.9(50122) idle in transaction', LOCKS, /^it runs no statement$/],
  ['postgres: alice shop [local] idle in transaction (aborted)', LOCKS, /^it runs no statement$/],
  ['postgres: alice shop [local]', UNTOLD, UNTOLD],
];

const OTHER_PROGRAMS: readonly Row[] = [
  ['/usr/lib/postgresql/15/bin/postgres -D /data', null, NO_STATEMENT],
  ['sh -c pg_dump shop [local] ', null, NO_STATEMENT],
  ['backup --what: checkpointer', null, NO_STATEMENT],
  ['', null, NO_STATEMENT],
];

const matches = (why: string | null, expected: RegExp | null): void => {
  if (expected === null) expect(why).toBeNull();
  else expect(why).toMatch(expected);
};

describe.each([
  ['a helper', HELPERS],
  ['a statement', STATEMENTS],
  ['the end of a transaction', COMMITS],
  ['a session without a statement that is known', WITHOUT_STATEMENT],
  ['another program', OTHER_PROGRAMS],
])('%s', (_kind, rows) => {
  it.each(rows)('%s', (title, notThrottled, notCancelled) => {
    matches(whyTitleNotThrottled(title), notThrottled);
    matches(whyNotCancelled(title), notCancelled);
  });
});

it('users whose names only begin like a kind of process are users', () => {
  expect(whyTitleNotThrottled('postgres: startup_inc shop [local] SELECT')).toBeNull();
  expect(whyTitleNotThrottled('postgres: loggers logger_db [local] SELECT')).toBeNull();
});

it('only children of a postmaster have the prefix', () => {
  expect(isPostgresTitle('postgres: checkpointer')).toBe(true);
  expect(isPostgresTitle('postgres -D /data')).toBe(false);
});

it('parallel workers belong to their leader, all others to themselves', () => {
  expect(leaderOf({ pid: 12, title: 'postgres: parallel worker for PID 4711' })).toBe(4711);
  expect(leaderOf({ pid: 12, title: 'postgres: alice shop [local] SELECT' })).toBe(12);
});
