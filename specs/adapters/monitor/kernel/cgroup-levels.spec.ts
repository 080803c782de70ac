/** Limits that somebody else has set for the managed cgroup or one above it, from files in a directory to readings. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NO_OWN_LIMITS, type OwnLimits } from '../../../../adapters/monitor/kernel/cgroup-levels';
import { type KernelSources, openKernelSources } from '../../../../adapters/monitor/kernel/sources';
import { MIB } from '../../../../machines/shared/units';
import type { CgroupLevel } from '../../../../streams/raw-sample';
import { rightOf } from '../../../support/either';
import { type KernelTree, createKernelTree } from '../../../support/fake-kernel-tree';

const NAME = 'system.slice/postgres.service/main';

describe('limits of somebody else', () => {
  let tree: KernelTree;
  let sources: KernelSources;

  /** Writes files of the cgroup at `path`, relative to the mount. */
  const write = (path: string, files: Readonly<Record<string, string>>): void => {
    mkdirSync(join(tree.cgroupRoot, path), { recursive: true });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(tree.cgroupRoot, path, file), text);
  };
  const open = async (): Promise<void> => {
    const { procRoot, cgroupRoot, cgroup } = tree;
    sources = await openKernelSources({ procRoot, cgroupRoot, cgroup });
  };
  const levels = (limits: OwnLimits = NO_OWN_LIMITS, nowMs = 0): readonly CgroupLevel[] =>
    rightOf(sources.read(nowMs, { beside: null, limits }).memoryLimits).levels;

  beforeEach(() => {
    tree = createKernelTree(NAME);
  });
  afterEach(async () => {
    await sources.close();
    tree.dispose();
  });

  it('are none where all stands at "max" and the mount has no such files', async () => {
    write('system.slice', { 'memory.max': 'max\n', 'memory.high': 'max\n', 'memory.current': '1\n' });
    await open();
    expect(levels()).toEqual([]);
  });

  it('are told with the use of their cgroup, from the managed cgroup up to the mount of a container', async () => {
    write(NAME, { 'memory.max': `${900 * MIB}\n` });
    write('system.slice', {
      'memory.max': `${2000 * MIB}\n`,
      'memory.high': `${1800 * MIB}\n`,
      'memory.current': `${700 * MIB}\n`,
    });
    write('.', { 'memory.max': `${4000 * MIB}\n`, 'memory.current': `${3000 * MIB}\n` });
    await open();
    expect(levels()).toEqual([
      { path: NAME, currentBytes: 300 * MIB, maxBytes: 900 * MIB, highBytes: undefined },
      { path: 'system.slice', currentBytes: 700 * MIB, maxBytes: 2000 * MIB, highBytes: 1800 * MIB },
      { path: '/', currentBytes: 3000 * MIB, maxBytes: 4000 * MIB, highBytes: undefined },
    ]);
  });

  it('are not what we ourselves have written into the managed cgroup', async () => {
    write(NAME, { 'memory.max': `${900 * MIB}\n`, 'memory.high': `${400 * MIB}\n` });
    await open();
    expect(levels({ highBytes: [400 * MIB, 416 * MIB], maxBytes: [900 * MIB] })).toEqual([]);
    expect(levels({ highBytes: [], maxBytes: [900 * MIB] }, 1000)).toMatchObject([
      { path: NAME, maxBytes: undefined, highBytes: 400 * MIB },
    ]);
  });

  it('may be those of a monitor before, and then only the ones above count', async () => {
    write(NAME, { 'memory.high': `${400 * MIB}\n` });
    write('system.slice', { 'memory.max': `${2000 * MIB}\n`, 'memory.current': `${700 * MIB}\n` });
    await open();
    expect(levels(null)).toMatchObject([{ path: 'system.slice' }]);
  });

  it('that cannot be read are no error', async () => {
    write('system.slice', { 'memory.max': 'nonsense\n', 'memory.high': '5\n', 'memory.current': '9\n' });
    write('system.slice/postgres.service', { 'memory.max': '5\n' });
    await open();
    expect(levels()).toEqual([{ path: 'system.slice', currentBytes: 9, maxBytes: undefined, highBytes: 5 }]);
  });

  it('are read once a second', async () => {
    await open();
    expect(levels()).toEqual([]);
    write(NAME, { 'memory.max': `${900 * MIB}\n` });
    expect(levels(NO_OWN_LIMITS, 500)).toEqual([]);
    expect(levels(NO_OWN_LIMITS, 1000)).toHaveLength(1);
  });
});
