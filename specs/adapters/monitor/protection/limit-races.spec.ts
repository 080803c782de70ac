/** Lifting wins, whatever else is under way. */
import { existsSync } from 'node:fs';
import { MIB } from '../../../../machines/shared/units';
import { leftOf, rightOf } from '../../../support/either';
import { CURRENT_BYTES, limitsOf } from '../../../support/protection-tree';
import { disposeTrees, gate, limitsOn, newTree } from './support';

const HIGH_BYTES = CURRENT_BYTES + 32 * MIB;
const FREE = { high: 'max', max: 'max' };

afterEach(disposeTrees);

describe('the reflex', () => {
  it('has lifted when it returns', async () => {
    const { tree, limits, at } = limitsOn();
    await limits.armTripwire(HIGH_BYTES);
    at(3);
    expect(limits.reflex()).toBe(3);
    expect(limitsOf(tree)).toEqual(FREE);
    // The second one comes later than all that the first has left to do.
    await limits.liftTripwire();
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });

  it('writes nothing when the tripwire is not armed', async () => {
    const { tree, limits } = limitsOn();
    await limits.armTripwire(HIGH_BYTES);
    await limits.liftTripwire();
    tree.set('memory.high', '4096\n');
    expect(limits.reflex()).toBeNull();
    expect(tree.read('memory.high')).toBe('4096');
  });

  it.each(['before', 'after'])(
    'wins over an arming write that ends later: the kernel took it %s the reflex',
    async (when) => {
      const tree = newTree();
      const [reached, released] = [gate(), gate()];
      const { limits } = limitsOn(tree, (files) => ({
        writeKernel: async (path, text) => {
          if (when === 'before') await files.writeKernel(path, text);
          reached.open();
          await released.opened;
          if (when === 'after') await files.writeKernel(path, text);
        },
      }));
      const armed = limits.armTripwire(HIGH_BYTES);
      await reached.opened;
      expect(limits.reflex()).toBe(0);
      released.open();
      expect(leftOf(await armed)).toContain('memory.high: lifted again while it was being set');
      expect(limitsOf(tree)).toEqual(FREE);
      await limits.liftTripwire();
      expect(existsSync(tree.paths.intentFile)).toBe(false);
    },
  );
});

describe('commands that come while another is carried out', () => {
  it('the newest wins, and those in between are not carried out', async () => {
    const { tree, limits } = limitsOn();
    const [first, second, third] = await Promise.all([1, 2, 3].map((n) => limits.armTripwire(HIGH_BYTES + n * MIB)));
    expect(first).toMatchObject({ _tag: 'Left', left: expect.stringContaining('superseded') as string });
    expect(leftOf(second!)).toContain('memory.high: superseded by a newer command');
    expect(rightOf(third!)).toEqual({ highBytes: HIGH_BYTES + 3 * MIB });
    expect(tree.read('memory.high')).toBe(String(HIGH_BYTES + 3 * MIB));
  });

  it('the note names what is in place, also after a move that was overtaken by another', async () => {
    const tree = newTree();
    const [looking, released] = [gate(), gate()];
    let isSlow = false;
    const { limits, records } = limitsOn(tree, (files) => ({
      readText: async (path) => {
        if (isSlow) {
          looking.open();
          await released.opened;
        }
        return files.readText(path);
      },
    }));
    rightOf(await limits.armTripwire(HIGH_BYTES));
    isSlow = true;
    const overtaken = limits.armTripwire(HIGH_BYTES + MIB);
    await looking.opened;
    const newest = limits.armTripwire(HIGH_BYTES + 2 * MIB);
    released.open();
    leftOf(await overtaken);
    rightOf(await newest);
    expect(tree.read('memory.high')).toBe(String(HIGH_BYTES + 2 * MIB));
    expect(records.intent.highBytes).toContain(HIGH_BYTES + 2 * MIB);
  });

  it('a lift is not overtaken by an arming that came before it', async () => {
    const { tree, limits } = limitsOn();
    const armed = limits.armTripwire(HIGH_BYTES);
    const lifted = limits.liftTripwire();
    leftOf(await armed);
    rightOf(await lifted);
    expect(limitsOf(tree)).toEqual(FREE);
  });

  it('a lift that comes while an arming looks around leaves nothing armed', async () => {
    const tree = newTree();
    const [looking, released] = [gate(), gate()];
    const { limits } = limitsOn(tree, (files) => ({
      readText: async (path) => {
        looking.open();
        await released.opened;
        return files.readText(path);
      },
    }));
    const armed = limits.armTripwire(HIGH_BYTES);
    await looking.opened;
    const lifted = limits.liftTripwire();
    released.open();
    expect(leftOf(await armed)).toContain('superseded by a newer command');
    rightOf(await lifted);
    expect(limits.reflex()).toBeNull();
    expect(limitsOf(tree)).toEqual(FREE);
  });

  it('an arming after a lift is carried out', async () => {
    const { tree, limits } = limitsOn();
    await limits.armTripwire(HIGH_BYTES);
    const lifted = limits.liftTripwire();
    const armed = limits.armTripwire(HIGH_BYTES + MIB);
    rightOf(await lifted);
    rightOf(await armed);
    expect(tree.read('memory.high')).toBe(String(HIGH_BYTES + MIB));
  });

  it('more than fit into the queue are refused', async () => {
    const { limits } = limitsOn();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => limits.armTripwire(HIGH_BYTES)));
    expect(leftOf(outcomes.at(-1)!)).toContain('more than 16 commands wait already');
  });
});

describe('a limit that cannot be lifted', () => {
  it('is tried again, is kept in the ledger, and is tried again by the slow tick', async () => {
    const tree = newTree();
    let tries = 0;
    let isBroken = true;
    const refuse = (): void => {
      tries += 1;
      if (isBroken) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
    };
    const { limits, records } = limitsOn(tree, (files) => ({
      writeKernel: async (path, text) => {
        if (text === 'max\n') refuse();
        await files.writeKernel(path, text);
      },
      holdLimit: async (path) => ({ ...(await files.holdLimit(path)), writeSync: refuse }),
    }));
    await limits.armTripwire(HIGH_BYTES);
    expect(leftOf(await limits.liftTripwire())).toContain('not lifted: ');
    expect(tries).toBeGreaterThan(3);
    expect(records.intent.highBytes).toEqual([HIGH_BYTES]);
    isBroken = false;
    await limits.checkForeign();
    expect(limitsOf(tree)).toEqual(FREE);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
  });
});
