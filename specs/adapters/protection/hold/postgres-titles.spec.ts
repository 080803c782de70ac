/** What Postgres processes call themselves, of versions 13 to 18 and of Neon. */
import {
  isPostgresTitle,
  leaderOf,
  mayRunStatement,
  whyNeverSlowed,
} from '../../../../adapters/protection/hold/postgres-titles';

const NEVER_SLOWED: readonly string[] = [
  'postgres: checkpointer',
  'postgres: checkpointer performing checkpoint',
  'postgres: 15/main: checkpointer',
  'postgres: background writer',
  'postgres: walwriter',
  'postgres: walsender replica 10.0.0.9(5544) streaming 0/3000148',
  'postgres: main: walsender replica [local] START_REPLICATION',
  'postgres: walreceiver streaming 0/3000148',
  'postgres: startup recovering 000000010000000000000003',
  'postgres: archiver last was 000000010000000000000002',
  'postgres: autovacuum launcher',
  'postgres: logical replication launcher',
  'postgres: slotsync worker',
  'postgres: walsummarizer',
  'postgres: io worker 0',
  'postgres: logger',
  'postgres: stats collector',
  'postgres: WAL proposer streaming 0/3000148',
];

const STATEMENTS: readonly string[] = [
  'postgres: alice shop [local] SELECT',
  'postgres: alice shop 10.0.0.9(50122) CREATE INDEX',
  'postgres: alice shop 2001:db8::9(50122) INSERT waiting',
  'postgres: alice shop [local]',
  'postgres: 15/main: alice shop [local] SELECT',
  'postgres: a user some db [local] SELECT',
  'postgres: parallel worker for PID 4711',
  'postgres: 15/main: parallel worker for PID 4711',
];

const OTHERS: readonly string[] = [
  'postgres: alice shop [local] idle',
  'postgres: alice shop 10.0.0.9(50122) idle in transaction',
  'postgres: alice shop [local] idle in transaction (aborted)',
  'postgres: autovacuum worker shop',
  'postgres: logical replication worker for subscription 16394',
  'postgres: pg_cron launcher',
  '/usr/lib/postgresql/15/bin/postgres -D /data',
  'sh -c pg_dump shop [local] ',
  'postgres: ',
  '',
];

it.each(NEVER_SLOWED)('never slowed, for a reason, and without a statement: %s', (title) => {
  expect(whyNeverSlowed(title)).toMatch(/^[a-z ]+: .{10,}/);
  expect(mayRunStatement(title)).toBe(false);
});

it.each(STATEMENTS)('may run a statement, and may be slowed: %s', (title) => {
  expect(mayRunStatement(title)).toBe(true);
  expect(whyNeverSlowed(title)).toBeNull();
});

it.each(OTHERS)('runs no statement of a client, but may be slowed: %s', (title) => {
  expect(mayRunStatement(title)).toBe(false);
  expect(whyNeverSlowed(title)).toBeNull();
});

it('users whose names only begin like a kind of process are users', () => {
  expect(whyNeverSlowed('postgres: startup_inc shop [local] SELECT')).toBeNull();
  expect(whyNeverSlowed('postgres: loggers logger_db [local] SELECT')).toBeNull();
});

it('programs of other names are not spared for the words in their arguments', () => {
  expect(whyNeverSlowed('backup --what: checkpointer')).toBeNull();
});

it('only children of a postmaster have the prefix', () => {
  expect(isPostgresTitle('postgres: checkpointer')).toBe(true);
  expect(isPostgresTitle('postgres -D /data')).toBe(false);
});

it('parallel workers belong to their leader, all others to themselves', () => {
  expect(leaderOf({ pid: 12, title: 'postgres: parallel worker for PID 4711' })).toBe(4711);
  expect(leaderOf({ pid: 12, title: 'postgres: alice shop [local] SELECT' })).toBe(12);
});
