/** That the one who is signalled is the one who was chosen, and is let out of the throttle cgroup before. */
import { mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Client } from 'pg';
import { MIB } from '../../../../../machines/shared/units';
import type { CancellerOptions } from '../../../../../adapters/monitor/protection/cancel/cancel';
import { rightOf } from '../../../../support/either';
import { eventually } from '../../../../support/eventually';
import { backendPid } from '../../../../support/postgres/processes';
import {
  CANCELLED,
  cancellerIn,
  closeServerRoom,
  enrolServer,
  openServerRoom,
  type ServerRoom,
  startWaiting,
  THROUGH,
} from '../throttle/server-room';

let room: ServerRoom;
beforeAll(async () => {
  room = await openServerRoom();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await room.disconnect();
});
afterAll(() => closeServerRoom(room));

describe('between choice and signal', () => {
  /** /proc with a copy of one process in it, which can be changed. */
  const procWithCopyOf = (copied: number, all: readonly number[]): string => {
    const procRoot = join(room.tree.base, `proc-${copied}`);
    mkdirSync(join(procRoot, String(copied)), { recursive: true });
    for (const name of ['meminfo', ...all.filter((pid) => pid !== copied).map(String)])
      symlinkSync(join('/proc', name), join(procRoot, name));
    for (const name of ['stat', 'status', 'cmdline'])
      writeFileSync(join(procRoot, String(copied), name), readFileSync(`/proc/${copied}/${name}`));
    symlinkSync(readlinkSync(`/proc/${copied}/exe`), join(procRoot, String(copied), 'exe'));
    return procRoot;
  };

  const changes: readonly (readonly [string, (directory: string) => void, string])[] = [
    [
      'a process that was replaced by another one with its pid is spared',
      (directory) => {
        const stat = readFileSync(join(directory, 'stat'), 'utf8').split(' ');
        stat[21] = String(Number(stat[21]) + 1); // Start time, proc(5).
        writeFileSync(join(directory, 'stat'), stat.join(' '));
      },
      'is not the process that was chosen any more',
    ],
    [
      'a process that now runs another program is spared',
      (directory) => {
        rmSync(join(directory, 'exe'));
        symlinkSync('/usr/bin/perl', join(directory, 'exe'));
      },
      'is not the process that was chosen any more',
    ],
    [
      'a process that commits by now is spared',
      (directory) => {
        writeFileSync(join(directory, 'cmdline'), 'postgres: postgres postgres [local] COMMIT\0');
      },
      'may not be cancelled any more: COMMIT: it may have committed already',
    ],
    [
      'a process that has ended is passed over',
      (directory) => {
        rmSync(directory, { recursive: true });
      },
      'has ended by itself',
    ],
  ];

  it.each(changes)('%s', async (_what, change, reason) => {
    const { pid, result, letIn } = await startWaiting(room, 100);
    const procRoot = procWithCopyOf(pid, await enrolServer(room));
    const throttle: CancellerOptions['throttle'] = {
      held: [{ pid, growthBytesPerS: MIB }],
      letGo: () => {
        change(join(procRoot, String(pid)));
        return Promise.resolve(E.right(undefined));
      },
    };
    expect(await cancellerIn(room, { procRoot, throttle }).cancel()).toEqual(E.left(`pid ${pid} ${reason}`));
    await letIn();
    expect(await result).toEqual(THROUGH);
  });
});

describe('of a parallel statement that is held', () => {
  /** Two workers and their leader, who take longer than the test. */
  const startParallel = async (
    session: Client,
    observer: Client,
  ): Promise<{ result: Promise<unknown>; pids: number[] }> => {
    await observer.query(`CREATE TABLE sample AS SELECT i FROM generate_series(1, 10000) AS i; ANALYZE sample`);
    await observer.query('ALTER TABLE sample SET (parallel_workers = 2)');
    await session.query(
      'SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0',
    );
    const leader = await backendPid(session);
    // Asleep: three that compute would leave a small machine nothing for the test.
    const result = session.query('SELECT count(pg_sleep(600)) FROM sample');
    result.catch(() => undefined); // Who awaits it hears it.
    const workers = async (): Promise<number[]> => {
      const { rows } = await observer.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE leader_pid = ${leader}`,
      );
      return rows.map(({ pid }) => pid);
    };
    await eventually(async () => (await workers()).length, 2);
    return { result, pids: [leader, ...(await workers())] };
  };

  it('leader and workers are let go before the signal, and nobody else', async () => {
    const [session, observer] = [await room.connect(), await room.connect()];
    const { result, pids } = await startParallel(session, observer);
    await enrolServer(room);
    const bystander = await backendPid(observer);
    const kill = jest.spyOn(process, 'kill');
    const letGo: number[] = [];
    const throttle: CancellerOptions['throttle'] = {
      held: [...pids, bystander].map((pid) => ({ pid, growthBytesPerS: 5 * MIB })),
      letGo: (pid) => {
        expect(kill).not.toHaveBeenCalled();
        letGo.push(pid);
        return Promise.resolve(E.right(undefined));
      },
    };
    expect(pids).toContain(rightOf(await cancellerIn(room, { throttle }).cancel()).pid);
    expect(letGo).toEqual(pids);
    await expect(result).rejects.toMatchObject(CANCELLED);
  });

  it('one that cannot be let go is not cancelled', async () => {
    const { pid, result, letIn } = await startWaiting(room, 100);
    await enrolServer(room);
    const held = [{ pid, growthBytesPerS: MIB }];
    const throttle: CancellerOptions['throttle'] = { held, letGo: () => Promise.resolve(E.left('stuck')) };
    expect(await cancellerIn(room, { throttle }).cancel()).toEqual(E.left('stuck'));
    await letIn();
    expect(await result).toEqual(THROUGH);
  });
});
