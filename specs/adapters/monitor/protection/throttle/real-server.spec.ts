/** Who is who among the processes of a real server, and which of them is held. */
import { rightOf } from '../../../../support/either';
import { backendPid, grownTo } from '../../../../support/postgres/processes';
import {
  isPostgresTitle,
  whyNotCancelled,
  whyTitleNotThrottled,
} from '../../../../../adapters/monitor/protection/processes/postgres-titles';
import { readIdentity } from '../../../../../adapters/monitor/protection/processes/process-identity';
import { MIB } from '../../../../../machines/shared/units';
import {
  CANCELLED,
  closeServerRoom,
  enrolServer,
  GROWING,
  openServerRoom,
  type ServerRoom,
  startWaiting,
} from './server-room';
import { ALLOWANCE, throttleOn } from './support';

let room: ServerRoom;
beforeAll(async () => {
  room = await openServerRoom();
});
afterEach(() => room.disconnect());
afterAll(() => closeServerRoom(room));

const titleOf = async (pid: number): Promise<string> => rightOf(await readIdentity('/proc', pid))!.title;

it('every helper of the server is known as one that is neither throttled nor cancelled', async () => {
  const session = await room.connect();
  const { rows } = await session.query<{ pid: number; kind: string }>(
    `SELECT pid, backend_type AS kind FROM pg_stat_activity WHERE backend_type <> 'client backend'`,
  );
  const kinds = rows.map(({ kind }) => kind);
  for (const kind of ['checkpointer', 'background writer', 'walwriter', 'autovacuum launcher'])
    expect(kinds).toContain(kind);
  for (const { pid, kind } of rows) {
    const title = await titleOf(pid);
    const known = title.includes('logical replication') ? 'logical replication' : kind;
    expect(whyTitleNotThrottled(title)).toMatch(`${known}: `);
    expect(whyNotCancelled(title)).toBe('it runs no statement of a client');
  }
});

it('a session runs a statement only while it does', async () => {
  const { pid, result, letIn } = await startWaiting(room);
  expect(await titleOf(pid)).toMatch(/^postgres: postgres postgres \[local\] SELECT/);
  expect(whyNotCancelled(await titleOf(pid))).toBeNull();
  await letIn();
  await result;
  expect(whyNotCancelled(await titleOf(pid))).toBe('it runs no statement');
});

it('the postmaster is the one that runs the same program and does not call itself a child', async () => {
  const [postmaster, ...children] = await enrolServer(room);
  const parent = rightOf(await readIdentity('/proc', postmaster))!;
  expect(isPostgresTitle(parent.title)).toBe(false);
  for (const pid of children) {
    const child = rightOf(await readIdentity('/proc', pid))!;
    expect(child).toMatchObject({ executable: parent.executable, parentPid: postmaster });
    expect(isPostgresTitle(child.title)).toBe(true);
  }
});

it('a hold takes the backend that grows, and no other process of the server', async () => {
  const growing = await room.connect();
  const pid = await backendPid(growing);
  await enrolServer(room);
  const grown = expect(growing.query(GROWING)).rejects.toMatchObject(CANCELLED);
  await grownTo(pid, 40 * MIB);
  const throttle = throttleOn(room.tree);
  const { processes } = rightOf(await throttle.start(ALLOWANCE));
  expect(processes.map((process) => process.pid)).toEqual([pid]);
  expect(room.tree.read('throttle/cgroup.procs')).toBe(String(pid));
  rightOf(await throttle.end());
  await room.server.query(`SELECT pg_cancel_backend(${pid})`);
  await grown;
});
