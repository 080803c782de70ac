/**
 * What Postgres processes call themselves (src/backend/utils/misc/ps_status.c, GetBackendTypeDesc):
 * "postgres: ", the cluster's name and ": " where it has one, then the kind of process, or for a client
 * "USER DATABASE HOST(PORT) ACTIVITY", where the activity is the command's tag. With update_process_title = off
 * the activity is missing. What is not known here is neither throttled nor cancelled.
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
  'autovacuum worker': 'it holds locks that writers and DDL wait for',
  'logical replication': 'it writes, and whoever waits for its locks would wait with it',
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

const whyNeverSlowed = (title: string): string | null => {
  const found = Object.entries(NEVER_SLOWED).find(([kind]) => isOfKind(title.toLowerCase(), kind));
  return found === undefined ? null : `${found[0]}: ${found[1]}`;
};

/** The last host in it counts: names of users and databases may look like one. */
const CLIENT = /^postgres: .*(?:\[local\]|\S\(\d+\))(?: (?<activity>.*))?$/;
const PARALLEL_WORKER = /^postgres: (?:.*: )?parallel worker for PID (?<leader>\d+)(?: |$)/;
const AUTOVACUUM_WORKER = /^postgres: (?:.*: )?autovacuum worker(?: |$)/;

/** What a client's backend does, as a command's tag: "SELECT"; '' where its title does not show it. undefined: no client's backend. */
const activityOf = (title: string): string | undefined => {
  const client = CLIENT.exec(title);
  return client === null ? undefined : (client.groups?.['activity'] ?? '');
};

/**
 * Commands that only read. Whatever writes or changes a table may hold a lock that all need: an INSERT … SELECT stopped
 * while it made its table longer stopped all other inserts into it. (A SELECT with FOR UPDATE has a tag of its own.)
 */
const READS: ReadonlySet<string> = new Set(['SELECT', 'FETCH', 'EXPLAIN', 'DECLARE CURSOR']);

/**
 * Why this process must not be throttled, or null. Others may wait for its locks for as long as it stands.
 * A parallel worker has the locks of its leader: see to the leader's title as well.
 */
export const whyTitleNotThrottled = (title: string): string | null => {
  if (!isPostgresTitle(title)) return null;
  const never = whyNeverSlowed(title);
  if (never !== null) return never;
  if (PARALLEL_WORKER.test(title)) return null;
  const activity = activityOf(title);
  if (activity === undefined) return 'a background worker: what waits for it is not known';
  if (activity === '') return 'its title does not show whether it writes (update_process_title = off)';
  return READS.has(activity) ? null : `${activity}: others may wait for its locks`;
};

/** SIGINT ends statements only. */
const IDLE = /^idle( in transaction( \(aborted\))?)?$/;
/**
 * The end of a transaction. A signal in it ends none, and may find the session as it waits for replication: Postgres then
 * says "might not have been replicated", and reports success for what a failover may lose.
 */
const COMMITS = /^(COMMIT|PREPARE)( |$)/;
/** Behind the tag of whatever has committed: "INSERT waiting for 0/1516798" (SyncRepWaitForLSN). On Neon every commit waits so. */
const WAITS_FOR_REPLICATION = / waiting for /;

const whyNotCancelledClient = (activity: string): string | null => {
  if (activity === '') return 'its title does not show whether it commits (update_process_title = off)';
  if (IDLE.test(activity)) return 'it runs no statement';
  if (COMMITS.test(activity)) return `${activity}: it may have committed already`;
  if (WAITS_FOR_REPLICATION.test(activity)) return `${activity}: it has committed already`;
  return null;
};

/**
 * Why this process must not get SIGINT, or null: it is a client's backend with a statement under way, a parallel
 * worker, or an autovacuum worker, which takes SIGINT as Postgres itself sends it where a lock is wanted.
 */
export const whyNotCancelled = (title: string): string | null => {
  if (PARALLEL_WORKER.test(title) || AUTOVACUUM_WORKER.test(title)) return null;
  const activity = isPostgresTitle(title) && whyNeverSlowed(title) === null ? activityOf(title) : undefined;
  return activity === undefined ? 'it runs no statement of a client' : whyNotCancelledClient(activity);
};

/** The backend whose statement this process works at: of a parallel worker its leader, else itself. */
export const leaderOf = ({ pid, title }: { readonly pid: number; readonly title: string }): number =>
  Number(PARALLEL_WORKER.exec(title)?.groups?.['leader'] ?? pid);
