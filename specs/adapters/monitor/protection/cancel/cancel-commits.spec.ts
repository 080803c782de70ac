/** A session that has committed and waits for a standby is never signalled: it would report what is not so. */
import type { Client } from 'pg';
import { MIB } from '../../../../../machines/shared/units';
import { leftOf, rightOf } from '../../../../support/either';
import { eventually } from '../../../../support/eventually';
import { backendPid, grownTo } from '../../../../support/postgres/processes';
import {
  CANCELLED,
  cancellerIn,
  closeServerRoom,
  enrolServer,
  GROWING,
  openServerRoom,
  type ServerRoom,
} from '../throttle/server-room';

let room: ServerRoom;
beforeAll(async () => {
  room = await openServerRoom();
  await room.server.query('CREATE TABLE kept (n int, x text)');
});
afterEach(() => room.disconnect());
afterAll(() => closeServerRoom(room));

const waitForStandby = async (name: string): Promise<void> => {
  await room.server.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
  await room.server.query('SELECT pg_reload_conf()');
};

interface Committing {
  readonly pid: number;
  readonly result: Promise<unknown>;
  /** What the server has warned of. */
  readonly warnings: readonly string[];
}

/** An INSERT of a session that holds 100 MiB, with its commit waiting for a standby that is not there. */
const startCommitting = async (observer: Client): Promise<Committing> => {
  const session = await room.connect();
  const warnings: string[] = [];
  session.on('notice', ({ message }) => warnings.push(message ?? ''));
  const pid = await backendPid(session);
  await session.query(`SET temp_buffers = '200MB'`);
  await session.query(`CREATE TEMP TABLE filler AS SELECT repeat('x', 1000) FROM generate_series(1, 100000)`);
  await waitForStandby('absent');
  const waits = `SELECT FROM pg_stat_activity WHERE pid = ${pid} AND wait_event = 'SyncRep'`;
  let isDone = true;
  let result: Promise<unknown> = Promise.resolve();
  const commit = (): void => {
    isDone = false;
    result = session.query('INSERT INTO kept VALUES (1)').finally(() => {
      isDone = true;
    });
  };
  await eventually(async () => {
    // The checkpointer tells all others of the standby, some time after the reload: a commit before that does not wait.
    if (isDone) commit();
    return (await observer.query(waits)).rowCount;
  }, 1);
  return { pid, result, warnings };
};

it('where nobody else is to blame nobody is cancelled', async () => {
  const { pid, result, warnings } = await startCommitting(await room.connect());
  await enrolServer(room);
  const why = leftOf(await cancellerIn(room).cancel());
  expect(why).toMatch(
    new RegExp(`: pid ${pid} holds .*, but INSERT waiting for [0-9A-F]+/[0-9A-F]+: it has committed already$`),
  );
  await waitForStandby('');
  await result;
  expect(warnings).toEqual([]);
});

it('another one that grows is', async () => {
  const { result, warnings } = await startCommitting(await room.connect());
  const growing = await room.connect();
  const pid = await backendPid(growing);
  await enrolServer(room);
  const grown = expect(growing.query(GROWING)).rejects.toMatchObject(CANCELLED);
  await grownTo(pid, 40 * MIB);
  expect(rightOf(await cancellerIn(room).cancel()).pid).toBe(pid);
  await grown;
  await waitForStandby('');
  await result;
  expect(warnings).toEqual([]);
});
