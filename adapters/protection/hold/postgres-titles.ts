/**
 * What Postgres processes call themselves (src/backend/utils/misc/ps_status.c, GetBackendTypeDesc):
 * "postgres: ", the cluster's name and ": " where it has one, then the kind of process, or for a client
 * "USER DATABASE HOST(PORT) ACTIVITY". With update_process_title = off only the activity is missing.
 */

/** Kinds that must never be slowed, and whom it would hurt. */
const NEVER_SLOWED: Readonly<Record<string, string>> = {
  checkpointer: 'WAL piles up, and every fsync of the server goes through it',
  walwriter: 'asynchronous commits wait for it',
  walsender: 'replicas and synchronous commits wait for it',
  'wal proposer': 'on Neon every commit waits for it',
  walreceiver: 'a standby falls behind, and synchronous commits on its primary wait',
  startup: 'recovery stands still, and with it the start of the server',
  'background writer': 'backends have to write dirty pages themselves',
  archiver: 'WAL piles up on disk',
  'autovacuum launcher': 'no vacuum starts',
  'logical replication launcher': 'no subscription starts',
  'slotsync worker': 'slots of a standby grow stale',
  walsummarizer: 'WAL is kept until it is summarised',
  'io worker': 'all reads of the server go through it',
  logger: 'whoever writes a log line waits for it',
  'stats collector': 'statistics grow stale (before version 15)',
};

const PREFIX = 'postgres: ';

/** Behind the prefix or the cluster's name. A user of that name is spared too, which harms nobody. */
const isOfKind = (title: string, kind: string): boolean => `${title} `.includes(`: ${kind} `);

/** Whether a process calls itself a child of a postmaster. */
export const isPostgresTitle = (title: string): boolean => title.startsWith(PREFIX);

/** Why this process must not be slowed ("checkpointer: …"), or null. */
export const whyNeverSlowed = (title: string): string | null => {
  if (!isPostgresTitle(title)) return null;
  const found = Object.entries(NEVER_SLOWED).find(([kind]) => isOfKind(title.toLowerCase(), kind));
  return found === undefined ? null : `${found[0]}: ${found[1]}`;
};

const CLIENT = /^postgres: .*(\[local\]|\S\(\d+\))( |$)/;
const PARALLEL_WORKER = /^postgres: (?:.*: )?parallel worker for PID (\d+)( |$)/;
/** SIGINT ends statements only. */
const IDLE = / idle( in transaction( \(aborted\))?)?$/;

/** A client's backend, or a parallel worker of one, that may have a statement under way. */
export const mayRunStatement = (title: string): boolean =>
  whyNeverSlowed(title) === null && (CLIENT.test(title) || PARALLEL_WORKER.test(title)) && !IDLE.test(title);

/** The backend whose statement this process works at: of a parallel worker its leader, else itself. */
export const leaderOf = ({ pid, title }: { readonly pid: number; readonly title: string }): number =>
  Number(PARALLEL_WORKER.exec(title)?.[1] ?? pid);
