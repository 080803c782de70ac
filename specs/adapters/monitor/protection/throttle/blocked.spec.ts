/**
 * Others wait for the locks of one who is throttled, on a real server: they go on when it is released. The cgroups are a
 * fake tree, so the one who is moved into the throttle cgroup is stopped by a signal, as memory.high stops it for good while it
 * wants more; its locks, and those who wait for them, are the server's own.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Client } from 'pg';
import { FileCache } from '../../../../../adapters/monitor/postgres';
import type { ActuatorFiles } from '../../../../../adapters/monitor/protection/files';
import type { Throttle, ThrottleOptions } from '../../../../../adapters/monitor/protection/throttle/throttle';
import type { Blocked } from '../../../../../adapters/monitor/protection/throttle/blocked-watch';
import { MIB } from '../../../../../machines/shared/units';
import { rightOf } from '../../../../support/either';
import { eventually } from '../../../../support/eventually';
import { startPostgres } from '../../../../support/postgres';
import { backendPid, grownTo } from '../../../../support/postgres/processes';
import { closeServerRoom, enrolServer, openServerRoom, type ServerRoom } from './server-room';
import { ALLOWANCE, throttleOn } from './support';

let room: ServerRoom;
beforeAll(async () => {
  // With neon's settings, as the connection that is asked is the file cache's.
  room = await openServerRoom(await startPostgres());
  // A row a page: nearly each insert makes the table longer, for which it takes the lock of its extension. The
  // advisory lock stands for all that a session holds for a while, and others want.
  await room.server.query(`
    CREATE TABLE filled (x text); ALTER TABLE filled ALTER x SET STORAGE PLAIN;
    CREATE FUNCTION fill() RETURNS void LANGUAGE plpgsql AS $$
      DECLARE kept text[] := '{}';
      BEGIN
        FOR i IN 1..1000000 LOOP
          kept := kept || repeat('x', 20000);
          PERFORM pg_advisory_lock(7);
          INSERT INTO filled VALUES (repeat('x', 7000));
          PERFORM pg_advisory_unlock(7);
        END LOOP;
      END $$`);
});
let undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.reverse()) await step();
  undo = [];
  await room.disconnect();
});
afterAll(() => closeServerRoom(room));

interface Growing {
  readonly pid: number;
  readonly ended: Promise<unknown>;
}

/** A SELECT that grows and writes, which its title does not tell. */
const startFilling = async (): Promise<Growing> => {
  const session = await room.connect();
  const pid = await backendPid(session);
  const ended = session.query('SELECT fill()').catch((error: unknown) => error);
  undo.push(async () => {
    process.kill(pid, 'SIGCONT');
    await room.server.query(`SELECT pg_cancel_backend(${pid})`);
    await ended;
  });
  await grownTo(pid, 40 * MIB);
  return { pid, ended };
};

/** Stops it at a moment at which it has such a lock. */
const stopWithLock = async (pid: number, locktype: 'advisory' | 'extend', observer: Client): Promise<void> => {
  const has = `SELECT FROM pg_locks WHERE pid = ${pid} AND locktype = '${locktype}' AND granted`;
  for (;;) {
    process.kill(pid, 'SIGSTOP');
    if ((await observer.query(has)).rowCount === 1) return;
    process.kill(pid, 'SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
};

/** CPU time of the processes in the managed cgroup, as cpu.stat has it; a fake tree has none. */
const cpuStat = (): string => {
  const pids = room.tree.read('cgroup.procs').split('\n');
  const usedNs = pids.map((pid) => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]));
  return `usage_usec ${Math.round(usedNs.reduce((sum, ns) => sum + ns, 0) / 1000)}\n`;
};

/** What memory.high does to one who is in the throttle cgroup and wants more: it stands still until it is out. */
const stoppingFiles = (stop: (pid: number) => Promise<void>): ActuatorFiles => {
  const { files, paths } = room.tree;
  return {
    ...files,
    readText: (path) => (path === join(paths.managed, 'cpu.stat') ? Promise.resolve(cpuStat()) : files.readText(path)),
    writeKernel: async (path, text) => {
      await files.writeKernel(path, text);
      if (path === join(paths.throttleCgroup, 'cgroup.procs')) await stop(Number(text));
      if (path === join(paths.managed, 'cgroup.procs')) process.kill(Number(text), 'SIGCONT');
    },
  };
};

type Server = Pick<ThrottleOptions, 'countWaiting'>;

interface Held {
  readonly throttle: Throttle;
  readonly blocked: Promise<Blocked>;
}

const startThrottle = (stop: (pid: number) => Promise<void>, server: Partial<Server>): Held => {
  let throttle: Throttle;
  const blocked = new Promise<Blocked>((resolve) => {
    throttle = throttleOn(room.tree, { files: stoppingFiles(stop), onBlocked: resolve, ...server });
  });
  return { throttle: throttle!, blocked };
};

const askServer = async (): Promise<Server> => {
  const cache = new FileCache({ dsn: room.server.dsn, onLost: () => undefined });
  undo.push(() => cache.close());
  rightOf(await cache.connect(new AbortController().signal));
  return { countWaiting: (pids) => cache.countWaiting(pids) };
};

it('the server tells who waits; their inserts go on after the release', async () => {
  const [observer, other] = [await room.connect(), await room.connect()];
  const { pid } = await startFilling();
  await enrolServer(room);
  const { throttle, blocked } = startThrottle((held) => stopWithLock(held, 'advisory', observer), await askServer());
  const { processes } = rightOf(await throttle.start(ALLOWANCE));
  expect(processes.map((process) => process.pid)).toEqual([pid]);
  let isDone = false;
  const inserted = other.query(`INSERT INTO filled SELECT 'y' FROM pg_advisory_xact_lock(7)`).then(({ rowCount }) => {
    isDone = true;
    return rowCount;
  });
  expect(await blocked).toEqual({ waiting: 1, reason: '1 session waits for locks of theirs' });
  expect(isDone).toBe(false);
  rightOf(await throttle.end());
  expect(await inserted).toBe(1);
});

/** Sessions that insert as fast as they can until the test ends. @returns how many inserts there were */
const startInserting = async (sessions: number): Promise<() => number> => {
  let goesOn = true;
  let inserts = 0;
  const insert = async (): Promise<void> => {
    const session = await room.connect();
    while (goesOn) {
      await session.query(`INSERT INTO filled SELECT repeat('y', 7000) FROM generate_series(1, 100)`);
      inserts += 1;
    }
  };
  const inserting = Promise.all(Array.from({ length: sessions }, insert));
  undo.push(async () => {
    goesOn = false;
    await inserting;
  });
  await eventually(() => inserts > sessions, true);
  return () => inserts;
};

it('without a connection it shows in the CPU time of those who wait to make the table longer', async () => {
  const observer = await room.connect();
  await startFilling();
  const inserts = await startInserting(4);
  await enrolServer(room);
  const { throttle, blocked } = startThrottle((held) => stopWithLock(held, 'extend', observer), {});
  // It waits for the others itself now and then, and is not throttled at such a moment.
  await eventually(async () => E.isRight(await throttle.start(ALLOWANCE)), true);
  expect(await blocked).toMatchObject({
    waiting: null,
    reason: expect.stringMatching(/^the other processes of the cgroup use 0\.\d+ CPUs/) as unknown,
  });
  const before = inserts();
  rightOf(await throttle.end());
  await eventually(() => inserts() > before + 4, true);
});

it('nobody is told of where nobody waits', async () => {
  const { pid } = await startFilling();
  await enrolServer(room);
  const asked: (readonly number[])[] = [];
  const { countWaiting } = await askServer();
  let isTold = false;
  const throttle = throttleOn(room.tree, {
    files: stoppingFiles((held) => Promise.resolve(void process.kill(held, 'SIGSTOP'))),
    onBlocked: () => {
      isTold = true;
    },
    countWaiting: (pids) => {
      asked.push(pids);
      return countWaiting(pids);
    },
  });
  rightOf(await throttle.start(ALLOWANCE));
  await eventually(() => asked.length >= 5, true);
  rightOf(await throttle.end());
  expect(asked[0]).toEqual([pid]);
  expect(isTold).toBe(false);
});
