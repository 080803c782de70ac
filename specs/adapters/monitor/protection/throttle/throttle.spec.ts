/** What a hold does to the processes that grow, and how it ends. */
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as E from 'fp-ts/Either';
import { MIB } from '../../../../../machines/shared/units';
import type { ActuatorFiles } from '../../../../../adapters/monitor/protection/files';
import { rightOf } from '../../../../support/either';
import { startIdle } from '../../../../support/growing-process';
import {
  ALLOWANCE,
  closeHoldRoom,
  expectNothingLeft,
  failing,
  throttleIn,
  type HoldRoom,
  openHoldRoom,
  pidsIn,
} from './support';

let room: HoldRoom;
beforeEach(async () => {
  room = await openHoldRoom();
});
afterEach(() => closeHoldRoom(room));

describe('a hold', () => {
  it('moves the growers into a limited throttle cgroup, and nobody else', async () => {
    const { processes } = rightOf(await throttleIn(room).start(ALLOWANCE));
    expect(processes.map(({ pid }) => pid).sort((a, b) => a - b)).toEqual(room.growers);
    for (const { growthBytesPerS } of processes) expect(growthBytesPerS).toBeGreaterThan(MIB);
    expect(room.tree.read('throttle/memory.high')).toBe(String(16 * MIB));
    expect(pidsIn(room, 'throttle')).toEqual(room.growers);
    expect(pidsIn(room, '')).toEqual([room.idle]);
  });

  it('ends with everyone back and the throttle cgroup gone', async () => {
    const throttle = throttleIn(room);
    rightOf(await throttle.start(ALLOWANCE));
    expect(rightOf(await throttle.end()).throttledMs).toBeGreaterThan(0);
    expectNothingLeft(room);
    expect(throttle.held).toEqual([]);
    expect(await throttle.end()).toEqual(E.right({ throttledMs: 0 }));
  });

  it('is noted before it is made, limited before it is filled, lifted before it is emptied', async () => {
    const acts: string[] = [];
    const note = (path: string, what: string): number => acts.push(`${basename(path)}: ${what}`);
    const known = (text: string): string => text.trim().replace(/^\d{2,7}$/, 'PID');
    const files: ActuatorFiles = {
      ...room.tree.files,
      replaceFile: (path, text) => (
        note('note', text.includes('throttle') ? 'throttle' : ''),
        room.tree.files.replaceFile(path, text)
      ),
      removeFile: (path) => (note('note', 'removed'), room.tree.files.removeFile(path)),
      makeDirectory: (path) => (note(path, 'made'), room.tree.files.makeDirectory(path)),
      removeDirectory: (path) => (note(path, 'removed'), room.tree.files.removeDirectory(path)),
      writeKernel: (path, text) => (note(path, known(text)), room.tree.files.writeKernel(path, text)),
    };
    const throttle = throttleIn(room, { files });
    rightOf(await throttle.start(ALLOWANCE));
    rightOf(await throttle.end());
    expect(acts).toEqual([
      'note: throttle',
      'vm-monitor-throttle: made',
      `memory.high: ${16 * MIB}`,
      'cgroup.procs: PID',
      'cgroup.procs: PID',
      'memory.high: max',
      'cgroup.procs: PID',
      'cgroup.procs: PID',
      'vm-monitor-throttle: removed',
      'note: removed',
    ]);
  });

  it('is not begun twice', async () => {
    const throttle = throttleIn(room);
    rightOf(await throttle.start(ALLOWANCE));
    expect(await throttle.start(ALLOWANCE)).toEqual(E.left('a throttle is under way already'));
    expect(pidsIn(room, 'throttle')).toEqual(room.growers);
  });

  it('that is ended while it begins is undone', async () => {
    const throttle = throttleIn(room);
    const [started, ended] = await Promise.all([throttle.start(ALLOWANCE), throttle.end()]);
    rightOf(started);
    rightOf(ended);
    expectNothingLeft(room);
  });

  it('lets one go and keeps the others', async () => {
    const throttle = throttleIn(room);
    rightOf(await throttle.start(ALLOWANCE));
    expect(await throttle.letGo(room.growers[0])).toEqual(E.right(undefined));
    expect(pidsIn(room, 'throttle')).toEqual([room.growers[1]]);
    expect(throttle.held.map(({ pid }) => pid)).toEqual([room.growers[1]]);
    expect(await throttle.letGo(room.idle)).toEqual(E.right(undefined));
    rightOf(await throttle.end());
    expectNothingLeft(room);
  });

  it('goes on without a grower that has ended meanwhile', async () => {
    const files = failing(room, 'ESRCH', (path, text) => path.includes('throttle') && text === String(room.growers[0]));
    const { processes } = rightOf(await throttleIn(room, { files }).start(ALLOWANCE));
    expect(processes.map(({ pid }) => pid)).toEqual([room.growers[1]]);
  });

  it('uses an empty throttle cgroup that is there already', async () => {
    room.tree.makeCgroup('throttle');
    const throttle = throttleIn(room);
    rightOf(await throttle.start(ALLOWANCE));
    expect(pidsIn(room, 'throttle')).toEqual(room.growers);
    rightOf(await throttle.end());
    expectNothingLeft(room);
  });
});

describe('those who were held go back', () => {
  beforeEach(() => {
    room.tree.makeCgroup('sub');
    room.tree.set('cgroup.procs', `${room.growers[0]}\n${room.idle}\n`);
    room.tree.set('sub/cgroup.procs', `${room.growers[1]}\n`);
  });

  it('each to the cgroup that it came from', async () => {
    const throttle = throttleIn(room);
    rightOf(await throttle.start(ALLOWANCE));
    expect(pidsIn(room, 'sub')).toEqual([]);
    rightOf(await throttle.end());
    expect(pidsIn(room, 'sub')).toEqual([room.growers[1]]);
    expect(pidsIn(room, '')).toEqual([room.growers[0], room.idle].sort((a, b) => a - b));
  });

  it('to the managed cgroup where theirs is gone', async () => {
    const throttle = throttleIn(room);
    rightOf(await throttle.start(ALLOWANCE));
    rmSync(join(room.tree.paths.managed, 'sub'), { recursive: true });
    rightOf(await throttle.end());
    expectNothingLeft(room);
  });

  it('and their children to the managed one', async () => {
    const throttle = throttleIn(room);
    rightOf(await throttle.start(ALLOWANCE));
    const child = await startIdle();
    room.tree.set('throttle/cgroup.procs', `${room.growers.join('\n')}\n${child.pid}\n`);
    rightOf(await throttle.end());
    expect(pidsIn(room, '')).toEqual([room.growers[0], room.idle, child.pid].sort((a, b) => a - b));
    expect(room.tree.exists('throttle')).toBe(false);
  });
});
