/** A hold that is refused, that fails on the way, or that cannot be ended at once. */
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { ActuatorFiles } from '../../../../../adapters/monitor/protection/files';
import type { ThrottleOptions } from '../../../../../adapters/monitor/protection/throttle/throttle';
import { IntentRecords } from '../../../../../adapters/monitor/protection/intent-records';
import { restore } from '../../../../../adapters/monitor/protection/restore';
import { leftOf, rightOf } from '../../../../support/either';
import {
  ALLOWANCE,
  closeHoldRoom,
  expectNothingLeft,
  failing,
  WATCHDOG,
  throttleIn,
  type HoldRoom,
  openHoldRoom,
  pidsIn,
  times,
} from './support';

let room: HoldRoom;
beforeEach(async () => {
  room = await openHoldRoom();
});
afterEach(() => closeHoldRoom(room));

describe('nothing is put in place', () => {
  const expectRefused = async (reason: string | RegExp, options: Partial<ThrottleOptions> = {}): Promise<void> => {
    expect(leftOf(await throttleIn(room, options).start(ALLOWANCE))).toMatch(reason);
    expect(existsSync(room.tree.paths.intentFile)).toBe(false);
  };

  it('when nobody grows', async () => {
    room.tree.set('cgroup.procs', `${room.idle}\n`);
    await expectRefused(/^no process grows by 1 MiB\/s or more$/);
    expect(room.tree.exists('throttle')).toBe(false);
  });

  it('when the cgroup is gone', async () => {
    room.tree.removeManaged();
    await expectRefused(`${room.tree.paths.managed}: no processes`);
  });

  it('when the list of processes cannot be understood', async () => {
    room.tree.set('cgroup.procs', '12\nx\n');
    await expectRefused(/cgroup\.procs line 2: found "x", expected a whole number from 0$/);
  });

  it('without a watchdog process', async () => {
    const watchdog = { ...WATCHDOG, watch: () => Promise.resolve(E.left('no guard')) };
    const { files, paths } = room.tree;
    await expectRefused('no guard', {
      records: new IntentRecords({ intentFile: paths.intentFile, files, watchdog, session: 'spec' }),
    });
    expect(room.tree.exists('throttle')).toBe(false);
  });

  it.each(['/neon-postgres', '/neon-postgres/sub'])('when we ourselves live in %s (rule R13)', async (own) => {
    const procRoot = join(room.tree.base, 'proc');
    mkdirSync(join(procRoot, 'self'), { recursive: true });
    writeFileSync(join(procRoot, 'self/cgroup'), `1:name=systemd:/\n0::${own}\n`);
    for (const name of ['meminfo', ...room.growers.map(String)]) symlinkSync(`/proc/${name}`, join(procRoot, name));
    await expectRefused(
      `vm-monitor itself runs inside ${room.tree.paths.managed} (${own}): start it in another cgroup`,
      {
        procRoot,
      },
    );
    writeFileSync(join(procRoot, 'self/cgroup'), '0::/neon-postgres-other\n');
    rightOf(await throttleIn(room, { procRoot }).start(ALLOWANCE));
  });

  it('when somebody else is in the throttle cgroup, who stays there', async () => {
    room.tree.makeCgroup('throttle');
    room.tree.set('throttle/cgroup.procs', `${room.idle}\n`);
    await expectRefused(
      `${room.tree.paths.throttleCgroup} holds 1 processes that are not ours; expected none (vm-monitor thaw)`,
    );
    expect(pidsIn(room, 'throttle')).toEqual([room.idle]);
  });
});

describe('all is undone', () => {
  it('when the throttle cgroup cannot be limited for want of the memory controller', async () => {
    const files: ActuatorFiles = {
      ...room.tree.files,
      makeDirectory: async (path) => {
        await room.tree.files.makeDirectory(path);
        rmSync(join(path, 'memory.high'));
      },
    };
    expect(leftOf(await throttleIn(room, { files }).start(ALLOWANCE))).toContain(
      `${room.tree.paths.throttleCgroup}/memory.high: ENOENT: no such file or directory; expected the memory controller`,
    );
    expectNothingLeft(room);
  });

  it.each(['EACCES', 'EBUSY', 'EOPNOTSUPP'])('when a process may not be moved (%s)', async (code) => {
    const files = failing(room, code, (path, text) => path.includes('throttle') && text === String(room.growers[1]));
    expect(leftOf(await throttleIn(room, { files }).start(ALLOWANCE))).toBe(
      `${room.tree.paths.throttleCgroup}/cgroup.procs: ${code}: refused`,
    );
    expectNothingLeft(room);
  });

  it('when the throttle cgroup cannot be made', async () => {
    const makeDirectory = (): Promise<void> => Promise.reject(Object.assign(new Error('EROFS: no'), { code: 'EROFS' }));
    expect(leftOf(await throttleIn(room, { files: { ...room.tree.files, makeDirectory } }).start(ALLOWANCE))).toBe(
      `${room.tree.paths.throttleCgroup}: EROFS: no`,
    );
    expectNothingLeft(room);
  });

  it('when all growers have ended meanwhile', async () => {
    const files = failing(room, 'ESRCH', (path) => path.includes('throttle/cgroup.procs'));
    expect(leftOf(await throttleIn(room, { files }).start(ALLOWANCE))).toBe(
      'none of the fastest-growing backends stayed in the throttle cgroup',
    );
    expectNothingLeft(room);
  });
});

describe('an end', () => {
  it('tries again while the kernel says that the throttle cgroup is busy', async () => {
    const busy = times(3);
    const throttle = throttleIn(room, { files: failing(room, 'EBUSY', (_path, text) => text === 'rmdir' && busy()) });
    rightOf(await throttle.start(ALLOWANCE));
    rightOf(await throttle.end());
    expectNothingLeft(room);
  });

  it('that cannot remove the throttle cgroup leaves it empty and without a limit, says so, and may be repeated', async () => {
    let isBusy = true;
    const throttle = throttleIn(room, { files: failing(room, 'EBUSY', (_path, text) => text === 'rmdir' && isBusy) });
    rightOf(await throttle.start(ALLOWANCE));
    expect(await throttle.end()).toEqual(E.left(`${room.tree.paths.throttleCgroup}: EBUSY: refused`));
    expect(room.tree.read('throttle/memory.high')).toBe('max');
    expect(pidsIn(room, 'throttle')).toEqual([]);
    expect(existsSync(room.tree.paths.intentFile)).toBe(true);
    isBusy = false;
    rightOf(await throttle.end());
    expectNothingLeft(room);
  });

  it('that cannot move one back moves the others, lifts the limit, and may be repeated', async () => {
    let isStuck = true;
    const throttle = throttleIn(room, {
      files: failing(
        room,
        'EACCES',
        (path, text) => !path.includes('throttle') && text === String(room.growers[0]) && isStuck,
      ),
    });
    rightOf(await throttle.start(ALLOWANCE));
    const reason = leftOf(await throttle.end());
    const { managed, throttleCgroup } = room.tree.paths;
    expect(reason).toContain(
      `pid ${room.growers[0]} stays in ${throttleCgroup}, without a limit: ${managed}/cgroup.procs: EACCES: refused; ${throttleCgroup}: EBUSY`,
    );
    expect(room.tree.read('throttle/memory.high')).toBe('max');
    expect(pidsIn(room, 'throttle')).toEqual([room.growers[0]]);
    isStuck = false;
    rightOf(await throttle.end());
    expectNothingLeft(room);
  });

  it('that cannot lift the limit moves all back all the same', async () => {
    const throttle = throttleIn(room, { files: failing(room, 'EIO', (_path, text) => text === 'max') });
    rightOf(await throttle.start(ALLOWANCE));
    rightOf(await throttle.end());
    expectNothingLeft(room);
  });

  it('finds nothing to do where the watchdog process has been before', async () => {
    const throttle = throttleIn(room);
    rightOf(await throttle.start(ALLOWANCE));
    await restore({ paths: room.tree.paths, files: room.tree.undoFiles, mode: 'everything' });
    rightOf(await throttle.end());
    expectNothingLeft(room);
  });
});
