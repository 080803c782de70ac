/**
 * A real PostgreSQL whose processes are listed in a fake cgroup tree (tests cannot have a cgroup of their
 * own without a VM) and looked at in the real /proc.
 */
import * as E from 'fp-ts/Either';
import type { Client } from 'pg';
import { Canceller, type CancellerOptions } from '../../../../../adapters/monitor/protection/cancel/cancel';
import { removeServers, startPostgres, type TestPostgres } from '../../../../support/postgres';
import { backendPid, serverPids } from '../../../../support/postgres/processes';
import { createProtectionTree, type ProtectionTree } from '../../../../support/protection-tree';

export interface ServerRoom {
  readonly server: TestPostgres;
  readonly tree: ProtectionTree;
  /** A new session; it ends with the test. */
  readonly connect: () => Promise<Client>;
  /** Belongs into afterEach. */
  readonly disconnect: () => Promise<void>;
}

const stockServer = (): Promise<TestPostgres> => startPostgres({ stub: 'none', settings: {} });

/** Belongs into beforeAll. */
export const openServerRoom = async (given?: TestPostgres): Promise<ServerRoom> => {
  const server = given ?? (await stockServer());
  const sessions: Client[] = [];
  return {
    server,
    tree: createProtectionTree(),
    connect: async () => {
      const session = await server.session();
      sessions.push(session);
      return session;
    },
    disconnect: async () => {
      await Promise.all(sessions.splice(0).map((session) => session.end()));
    },
  };
};

/** Belongs into afterAll. */
export const closeServerRoom = async ({ tree }: ServerRoom): Promise<void> => {
  await removeServers();
  tree.dispose();
};

/** Puts all processes that the server has now into the managed cgroup; the postmaster is the first. */
export const enrolServer = async ({ tree, connect }: ServerRoom): Promise<readonly [number, ...number[]]> => {
  const pids = await serverPids(await connect());
  tree.set('cgroup.procs', `${pids.join('\n')}\n`);
  return pids;
};

export const NO_HOLD: CancellerOptions['throttle'] = {
  held: [],
  letGo: () => Promise.resolve(E.right(undefined)),
};

export const cancellerIn = ({ tree }: ServerRoom, options: Partial<CancellerOptions> = {}): Canceller =>
  new Canceller({
    paths: tree.paths,
    procRoot: '/proc',
    throttle: NO_HOLD,
    nowMs: () => performance.now(),
    ...options,
  });

/** Takes about 1 GiB within some seconds, all of it its own. */
export const GROWING = `SELECT array_agg(repeat('x', 1000) || i) IS NULL AS empty FROM generate_series(1, 1000000) AS i`;

export interface Waiting {
  readonly pid: number;
  /** What becomes of the statement: THROUGH, or an error. */
  readonly result: Promise<unknown>;
  /** Gives it the lock that it waits for. */
  readonly letIn: () => Promise<unknown>;
}

export const THROUGH = [{ got: 'through' }];

/** A value of so many MiB that the statement keeps until it ends. */
const keeping = (mib: number): string =>
  `(SELECT array_agg(repeat('x', 1000) || i) AS kept FROM generate_series(1, ${mib * 1000}) AS i) AS own`;

/** A statement that waits, and so is under way until we want otherwise. @param mib memory that it has taken before */
export const startWaiting = async ({ connect }: ServerRoom, mib = 0): Promise<Waiting> => {
  const [session, holder] = [await connect(), await connect()];
  const pid = await backendPid(session);
  await holder.query(`SELECT pg_advisory_lock(${pid})`);
  const lock = `LATERAL pg_advisory_lock(${pid} + 0 * coalesce(cardinality(kept), 0))`;
  const statement = session.query<object>(`SELECT 'through' AS got FROM ${keeping(mib)}, ${lock}`);
  const result = statement.then(({ rows }) => rows);
  result.catch(() => undefined); // Who awaits it hears it.
  const waits = `SELECT FROM pg_stat_activity WHERE pid = ${pid} AND wait_event_type = 'Lock'`;
  while ((await holder.query(waits)).rowCount === 0);
  return { pid, result, letIn: () => holder.query(`SELECT pg_advisory_unlock(${pid})`) };
};

/** SQLSTATE of a statement that was cancelled. */
export const CANCELLED = { code: '57014' };
