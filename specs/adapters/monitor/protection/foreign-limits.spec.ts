/** Limits that somebody else sets are reported, and not fought. */
import { existsSync } from 'node:fs';
import { GIB, MIB } from '../../../../machines/shared/units';
import { leftOf, rightOf } from '../../../support/either';
import { CURRENT_BYTES } from '../../../support/protection-tree';
import { disposeTrees, gate, limitsOn, newTree } from './support';

const HIGH_BYTES = CURRENT_BYTES + 32 * MIB;
const THEIRS = 3 * GIB;

afterEach(disposeTrees);

describe('a limit of somebody else', () => {
  it.each([
    ['memory.high', 'armTripwire'],
    ['memory.max', 'setHardLimit'],
  ] as const)('in %s is reported, and ours is refused', async (file, set) => {
    const { tree, limits, foreign, watchdog } = limitsOn();
    tree.set(file, `${THEIRS}\n`);
    expect(leftOf(await limits[set](2 * GIB))).toBe(`${tree.paths.managed}/${file}: somebody else has set ${THEIRS}`);
    expect(foreign).toEqual([[file, THEIRS]]);
    expect(tree.read(file)).toBe(String(THEIRS));
    expect(watchdog.watches).toBe(0);
  });

  it('is reported once for each change', async () => {
    const { tree, limits, foreign } = limitsOn();
    for (const text of ['max', '4096', '4096', '8192', 'max', 'max', '4096']) {
      tree.set('memory.high', `${text}\n`);
      await limits.checkForeign();
    }
    expect(foreign.map(([, bytes]) => bytes)).toEqual([4096, 8192, null, 4096]);
  });

  it('in the place of ours is reported, and left by all that lifts', async () => {
    const { tree, limits, foreign } = limitsOn();
    await limits.armTripwire(HIGH_BYTES);
    tree.set('memory.high', `${THEIRS}\n`);
    await limits.checkForeign();
    expect(foreign).toEqual([['memory.high', THEIRS]]);
    expect(limits.reflex()).toBeNull();
    expect(rightOf(await limits.liftTripwire())).toEqual({ armedMs: 0 });
    expect(tree.read('memory.high')).toBe(String(THEIRS));
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('that is none, in the place of ours, is reported; then ours may be set again', async () => {
    const { tree, limits, foreign } = limitsOn();
    await limits.armTripwire(HIGH_BYTES);
    tree.set('memory.high', 'max\n');
    await limits.checkForeign();
    expect(foreign).toEqual([['memory.high', null]]);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
    rightOf(await limits.armTripwire(HIGH_BYTES));
  });

  it('that comes while ours is being set is reported, and stays', async () => {
    const tree = newTree();
    const { limits, foreign } = limitsOn(tree, (files) => ({
      writeKernel: async (path, text) => {
        await files.writeKernel(path, text);
        tree.set('memory.high', `${THEIRS}\n`);
      },
    }));
    expect(leftOf(await limits.armTripwire(HIGH_BYTES))).toContain('somebody else has set');
    expect(foreign).toEqual([['memory.high', THEIRS]]);
    expect(tree.read('memory.high')).toBe(String(THEIRS));
  });

  it('is not seen in ours: not while it is set, in place, or lifted', async () => {
    const tree = newTree();
    const [reached, released] = [gate(), gate()];
    const { limits, foreign } = limitsOn(tree, (files) => ({
      writeKernel: async (path, text) => {
        await files.writeKernel(path, text);
        reached.open();
        await released.opened;
      },
    }));
    const armed = limits.armTripwire(HIGH_BYTES);
    await reached.opened;
    await limits.checkForeign();
    released.open();
    rightOf(await armed);
    await limits.checkForeign();
    await limits.liftTripwire();
    await limits.checkForeign();
    expect(foreign).toEqual([]);
  });

  it('is not seen where there is no cgroup', async () => {
    const { tree, limits, foreign } = limitsOn();
    tree.removeManaged();
    await limits.checkForeign();
    expect(foreign).toEqual([]);
  });

  it('is not seen in a limit that was lifted while it was read', async () => {
    const tree = newTree();
    const [reading, released] = [gate(), gate()];
    let isSlow = false;
    const { limits, foreign } = limitsOn(tree, (files) => ({
      readText: async (path) => {
        const text = await files.readText(path);
        if (!isSlow) return text;
        isSlow = false;
        reading.open();
        await released.opened;
        return text;
      },
    }));
    await limits.armTripwire(HIGH_BYTES);
    isSlow = true;
    const checked = limits.checkForeign();
    await reading.opened;
    limits.reflex();
    released.open();
    await checked;
    expect(foreign).toEqual([]);
  });
});
