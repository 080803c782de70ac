import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CgroupLevels } from '../../../../adapters/monitor/kernel/cgroup-levels';
import { createReadBuffer } from '../../../../adapters/monitor/kernel/held-file';
import { GIB, KIB, MIB } from '../../../../machines/shared/units';
import type { CgroupLevel } from '../../../../streams/raw-sample';
import { leftOf, rightOf } from '../../../support/either';
import { CGROUP_MEMORY, memoryStatText } from '../../../support/kernel-texts';
import { CURRENT_BYTES, limitsOf, UNRECLAIMABLE_BYTES } from '../../../support/protection-tree';
import { disposeTrees, limitsOn, newTree, type TestLimits } from './support';

const HIGH_BYTES = CURRENT_BYTES + 32 * MIB;
const FREE = { high: 'max', max: 'max' };

afterEach(disposeTrees);

/** Limits, and what was noted when the kernel was last written. */
const limitsWithNote = (): TestLimits & { readonly noted: () => string } => {
  const tree = newTree();
  let noted = '';
  const limits = limitsOn(tree, (files) => ({
    writeKernel: (path, text) => {
      noted = readFileSync(tree.paths.intentFile, 'utf8');
      return files.writeKernel(path, text);
    },
  }));
  return { ...limits, noted: () => noted };
};

describe('the tripwire', () => {
  it('is noted, armed and told', async () => {
    const { tree, limits, records, watchdog } = limitsOn();
    expect(rightOf(await limits.armTripwire(HIGH_BYTES))).toEqual({ highBytes: HIGH_BYTES });
    expect(tree.read('memory.high')).toBe(String(HIGH_BYTES));
    expect(records.intent.highBytes).toEqual([HIGH_BYTES]);
    expect(watchdog.watches).toBe(1);
  });

  it('lies at whole pages, so that it reads back as written', async () => {
    const { limits } = limitsOn();
    expect(rightOf(await limits.armTripwire(HIGH_BYTES + 1))).toEqual({ highBytes: HIGH_BYTES + 64 * KIB });
  });

  it('is noted before it is armed', async () => {
    const { limits, noted } = limitsWithNote();
    await limits.armTripwire(HIGH_BYTES);
    expect(noted()).toContain(`memory.high ${HIGH_BYTES}\n`);
  });

  it('is lifted, and struck out, with the time that it was armed', async () => {
    const { tree, limits, watchdog, at } = limitsOn();
    at(1000);
    await limits.armTripwire(HIGH_BYTES);
    at(1250);
    expect(rightOf(await limits.liftTripwire())).toEqual({ armedMs: 250 });
    expect(limitsOf(tree)).toEqual(FREE);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
    expect(watchdog.watches).toBe(0);
  });

  it('is never taken for a limit of somebody else while it stands', async () => {
    const { tree, limits } = limitsOn();
    const levels = new CgroupLevels(dirname(tree.paths.managed), tree.paths.managed, createReadBuffer());
    await levels.openMissing();
    const foreign = (): readonly CgroupLevel[] => rightOf(levels.read(limits.noted)).levels;
    await limits.armTripwire(HIGH_BYTES);
    expect(foreign()).toEqual([]);
    writeFileSync(join(tree.paths.managed, 'memory.high'), `${HIGH_BYTES + 4096}\n`);
    expect(foreign()).toMatchObject([{ highBytes: HIGH_BYTES + 4096 }]);
    await levels.close({ code: '', message: 'closed' });
  });

  it('may be lifted when it is not armed', async () => {
    expect(rightOf(await limitsOn().limits.liftTripwire())).toEqual({ armedMs: 0 });
  });

  it('is moved: until the new value is in force both are noted', async () => {
    const { tree, limits, noted } = limitsWithNote();
    await limits.armTripwire(HIGH_BYTES);
    rightOf(await limits.armTripwire(HIGH_BYTES + MIB));
    expect(noted()).toContain(`memory.high ${HIGH_BYTES}\nmemory.high ${HIGH_BYTES + MIB}\n`);
    expect(tree.read('memory.high')).toBe(String(HIGH_BYTES + MIB));
  });

  it('is not armed within 16 MiB of what the cgroup holds', async () => {
    const { tree, limits, watchdog } = limitsOn();
    expect(leftOf(await limits.armTripwire(CURRENT_BYTES + 16 * MIB - 64 * KIB))).toBe(
      `${tree.paths.managed}/memory.current: 1 GiB (1073741824) in use, ` +
        'expected at least 16 MiB less than the limit, 1 GiB (1090453504)',
    );
    expect(limitsOf(tree)).toEqual(FREE);
    expect(watchdog.watches).toBe(0);
    rightOf(await limits.armTripwire(CURRENT_BYTES + 16 * MIB));
  });

  it('is lifted when it cannot be moved because use has come near', async () => {
    const { tree, limits } = limitsOn();
    await limits.armTripwire(HIGH_BYTES);
    tree.set('memory.current', `${HIGH_BYTES - MIB}\n`);
    leftOf(await limits.armTripwire(HIGH_BYTES + MIB));
    expect(limitsOf(tree)).toEqual(FREE);
  });

  it('is lifted when use has passed it by the time it is armed, as no event tells', async () => {
    const tree = newTree();
    const { limits } = limitsOn(tree, (files) => ({
      writeKernel: async (path, text) => {
        await files.writeKernel(path, text);
        tree.set('memory.current', `${HIGH_BYTES + 1}\n`);
      },
    }));
    expect(leftOf(await limits.armTripwire(HIGH_BYTES))).toContain('memory.current: 1 GiB');
    expect(limitsOf(tree)).toEqual(FREE);
  });

  it('is not armed without a watchdog process', async () => {
    const { tree, limits, watchdog } = limitsOn();
    watchdog.isLost();
    expect(leftOf(await limits.armTripwire(HIGH_BYTES))).toBe('no watchdog process: it was ended by SIGKILL');
    expect(limitsOf(tree)).toEqual(FREE);
  });

  it.each([
    ['memory.current', 'nonsense', 'memory.current line 1: found "nonsense", expected'],
    ['memory.high', '', 'memory.high: the file is empty, expected a number'],
  ])('is not armed when %s reads %j', async (file, text, reason) => {
    const { tree, limits } = limitsOn();
    tree.set(file, text);
    expect(leftOf(await limits.armTripwire(HIGH_BYTES))).toContain(reason);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('is not armed in a cgroup that is gone', async () => {
    const { tree, limits } = limitsOn();
    tree.removeManaged();
    expect(leftOf(await limits.armTripwire(HIGH_BYTES))).toContain('memory.high: ENOENT');
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('counts as lifted when its cgroup is gone', async () => {
    const { tree, limits, at } = limitsOn();
    await limits.armTripwire(HIGH_BYTES);
    tree.removeManaged();
    at(5);
    expect(rightOf(await limits.liftTripwire())).toEqual({ armedMs: 5 });
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });
});

describe('the hard limit', () => {
  it('is noted, set and lifted', async () => {
    const { tree, limits, records } = limitsOn();
    expect(rightOf(await limits.setHardLimit(2 * GIB))).toEqual({ hardLimitBytes: 2 * GIB });
    expect(limitsOf(tree)).toEqual({ high: 'max', max: String(2 * GIB) });
    expect(records.intent.maxBytes).toEqual([2 * GIB]);
    expect(rightOf(await limits.setHardLimit(null))).toEqual({ hardLimitBytes: null });
    expect(limitsOf(tree)).toEqual(FREE);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('is not set within 64 MiB of what cannot be reclaimed', async () => {
    const { tree, limits } = limitsOn();
    expect(leftOf(await limits.setHardLimit(UNRECLAIMABLE_BYTES + 63 * MIB))).toBe(
      `${tree.paths.managed}/memory.stat: 924 MiB (968884224) that cannot be reclaimed (anon, shmem, kernel), ` +
        'expected at least 64 MiB less than the limit, 987 MiB (1034944512)',
    );
    expect(limitsOf(tree)).toEqual(FREE);
  });

  it('may be below what the cgroup holds, as page cache gives way to it', async () => {
    const { tree, limits } = limitsOn();
    const bytes = UNRECLAIMABLE_BYTES + 64 * MIB;
    expect(bytes).toBeLessThan(CURRENT_BYTES);
    expect(rightOf(await limits.setHardLimit(bytes))).toEqual({ hardLimitBytes: bytes });
    expect(limitsOf(tree)).toEqual({ high: 'max', max: String(bytes) });
  });

  it('is lifted when use that cannot be reclaimed has passed it by the time it is set', async () => {
    const tree = newTree();
    const { limits } = limitsOn(tree, (files) => ({
      writeKernel: async (path, text) => {
        await files.writeKernel(path, text);
        tree.set('memory.stat', memoryStatText({ ...CGROUP_MEMORY, anonBytes: 2 * GIB }));
      },
    }));
    expect(leftOf(await limits.setHardLimit(2 * GIB))).toContain('memory.stat: 2 GiB');
    expect(limitsOf(tree)).toEqual(FREE);
  });

  it('is not set when it cannot be told what cannot be reclaimed', async () => {
    const { tree, limits } = limitsOn();
    tree.set('memory.stat', 'anon 4096\n');
    expect(leftOf(await limits.setHardLimit(2 * GIB))).toContain('memory.stat: file is missing');
    expect(limitsOf(tree)).toEqual(FREE);
  });

  it('stays when the tripwire is lifted', async () => {
    const { tree, limits } = limitsOn();
    await limits.setHardLimit(2 * GIB);
    await limits.armTripwire(HIGH_BYTES);
    limits.reflex();
    expect(limitsOf(tree)).toEqual({ high: 'max', max: String(2 * GIB) });
    await limits.liftTripwire();
    expect(readFileSync(tree.paths.intentFile, 'utf8')).toContain(`memory.max ${2 * GIB}\n`);
  });
});

describe('lifting all', () => {
  it('has lifted both when it returns', async () => {
    const { tree, limits } = limitsOn();
    await limits.armTripwire(HIGH_BYTES);
    await limits.setHardLimit(2 * GIB);
    const lifted = limits.liftAll();
    expect(limitsOf(tree)).toEqual(FREE);
    rightOf(await lifted);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });
});
