/** Cancelling the statement of the largest grower, on a real server. */
import * as E from 'fp-ts/Either';
import { MIB } from '../../../../../machines/shared/units';
import { leftOf, rightOf } from '../../../../support/either';
import { endProcesses, startGrowing, startImpostor } from '../../../../support/growing-process';
import { backendPid, grownTo } from '../../../../support/postgres/processes';
import {
  CANCELLED,
  cancellerIn,
  closeServerRoom,
  enrolServer,
  GROWING,
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
  await endProcesses();
  await room.disconnect();
});
afterAll(() => closeServerRoom(room));

it('ends the statement of the one that grows with an SQL error; the transactions of others go on', async () => {
  const [growing, other] = [await room.connect(), await room.connect()];
  await other.query('CREATE TABLE kept (n int); BEGIN; INSERT INTO kept VALUES (1)');
  const pid = await backendPid(growing);
  await enrolServer(room);
  const grown = growing.query(GROWING);
  const failed = expect(grown).rejects.toMatchObject(CANCELLED);
  await grownTo(pid, 40 * MIB);

  const cancelled = rightOf(await cancellerIn(room).cancel());
  expect(cancelled.pid).toBe(pid);
  expect(cancelled.anonBytes).toBeGreaterThan(40 * MIB);
  await failed;
  await other.query('COMMIT');
  expect((await growing.query('SELECT n FROM kept')).rows).toEqual([{ n: 1 }]);
});

/** An idle session with so many MiB: its temporary buffers stay with it. */
const startIdleSession = async (mib: number): Promise<number> => {
  const idle = await room.connect();
  await idle.query(`SET temp_buffers = '${2 * mib}MB'`);
  await idle.query(`CREATE TEMP TABLE filler AS SELECT repeat('x', 1000) FROM generate_series(1, ${mib * 1000})`);
  return backendPid(idle);
};

it('where nobody grows takes the owner of the memory, never a helper or an idle session', async () => {
  await startIdleSession(30);
  const { pid, result } = await startWaiting(room, 100);
  await enrolServer(room);
  expect(rightOf(await cancellerIn(room).cancel()).pid).toBe(pid);
  await expect(result).rejects.toMatchObject(CANCELLED);
});

it('where nobody grows leaves the next largest alone until what was cancelled has given its memory back', async () => {
  const [first, second] = [await startWaiting(room, 100), await startWaiting(room, 100)];
  await enrolServer(room);
  let now = 0;
  const canceller = cancellerIn(room, { nowMs: () => now });
  const { pid } = rightOf(await canceller.cancel());
  const [cancelled, other] = pid === first.pid ? [first, second] : [second, first];
  await expect(cancelled.result).rejects.toMatchObject(CANCELLED);
  now = 4_999;
  expect(leftOf(await canceller.cancel())).toMatch(`nobody grows, and pid ${pid}`);
  now = 5_000;
  expect(rightOf(await canceller.cancel()).pid).toBe(other.pid);
  await expect(other.result).rejects.toMatchObject(CANCELLED);
});

describe('nobody is cancelled', () => {
  const STATEMENT = /^nobody who is to blame may be cancelled: pid \d+ (holds|grows by) .*, but it runs no statement/;
  const NO_SERVERS = /^nobody who is to blame may be cancelled: pid \d+ holds .*, but it is no process of a Postgres/;

  it('where no client runs a statement', async () => {
    await startIdleSession(100);
    await enrolServer(room);
    expect(leftOf(await cancellerIn(room).cancel())).toMatch(STATEMENT);
  });

  it('for the growth of somebody who may not be cancelled', async () => {
    const { pid, result, letIn } = await startWaiting(room, 100);
    const [grower, ...server] = [(await startGrowing()).pid, ...(await enrolServer(room))];
    room.tree.set('cgroup.procs', `${[grower, ...server].join('\n')}\n`);
    const why = leftOf(await cancellerIn(room).cancel());
    expect(why).toMatch(new RegExp(`pid ${grower} grows by .*/s, but it is no process of a Postgres`));
    expect(server).toContain(pid);
    await letIn();
    expect(await result).toEqual(THROUGH);
  });

  it('for a small part of the memory', async () => {
    const [idle, { result, letIn }] = [await startIdleSession(100), await startWaiting(room)];
    await enrolServer(room);
    expect(leftOf(await cancellerIn(room).cancel())).toMatch(
      new RegExp(`pid ${idle} holds .*, but it runs no statement`),
    );
    await letIn();
    expect(await result).toEqual(THROUGH);
  });

  it('who only calls himself a backend', async () => {
    const { pid } = await startImpostor('postgres: alice shop [local] SELECT');
    room.tree.set('cgroup.procs', `${process.pid}\n${pid}\n`);
    expect(leftOf(await cancellerIn(room).cancel())).toMatch(NO_SERVERS);
  });

  it('whose postmaster is not in the cgroup', async () => {
    const { pid, result, letIn } = await startWaiting(room);
    room.tree.set('cgroup.procs', `${pid}\n`);
    expect(leftOf(await cancellerIn(room).cancel())).toMatch(NO_SERVERS);
    await letIn();
    expect(await result).toEqual(THROUGH);
  });

  it('where the cgroup is empty', async () => {
    room.tree.set('cgroup.procs', '');
    const { managed, throttleCgroup } = room.tree.paths;
    expect(await cancellerIn(room).cancel()).toEqual(E.left(`${managed}, ${throttleCgroup}: no processes`));
  });

  it('and it is said, when we may not', async () => {
    const { pid, result, letIn } = await startWaiting(room, 100);
    await enrolServer(room);
    jest.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    expect(await cancellerIn(room).cancel()).toEqual(E.left(`SIGINT to pid ${pid}: kill EPERM`));
    await letIn();
    expect(await result).toEqual(THROUGH);
  });
});
