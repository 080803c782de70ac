/** The actuators as the monitor gets them, on a fake tree with a real watchdog process. */
import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { createActuators, type ProtectionActuators } from '../../../../adapters/monitor/protection/actuators';
import type { InputEvent } from '../../../../machines/monitor/events/inputs';
import { MIB } from '../../../../machines/shared/units';
import { leftOf, rightOf } from '../../../support/either';
import { eventually } from '../../../support/eventually';
import { CURRENT_BYTES, limitsOf, type ProtectionTree } from '../../../support/protection-tree';
import { disposeTrees, newTree } from './support';

const HIGH_BYTES = CURRENT_BYTES + 32 * MIB;
const FREE = { high: 'max', max: 'max' };

let tree: ProtectionTree;
let warnings: string[];
let told: InputEvent[];
let actuators: ProtectionActuators | null;

const create = async (): Promise<ProtectionActuators> => {
  const { paths, cgroupRoot } = tree;
  actuators = await createActuators({
    paths,
    cgroupRoot,
    procRoot: '/proc',
    emit: (event) => told.push(event),
    warn: (line) => warnings.push(line),
  });
  return actuators;
};

beforeEach(() => {
  tree = newTree();
  [warnings, told, actuators] = [[], [], null];
});
afterEach(async () => {
  await actuators?.stop();
  await disposeTrees();
});

describe('the actuators', () => {
  it('put in place what they are told to, and leave nothing behind when they stop', async () => {
    const made = await create();
    rightOf(await made.limits.armTripwire(HIGH_BYTES));
    expect(limitsOf(tree).high).toBe(String(HIGH_BYTES));
    await made.stop();
    expect(limitsOf(tree)).toEqual(FREE);
    expect(existsSync(tree.paths.intentFile)).toBe(false);
    expect(warnings).toEqual([]);
  });

  it('tell of another writer', async () => {
    const made = await create();
    tree.set('memory.high', '4096\n');
    made.checkForeign();
    await eventually(() => told, [{ type: 'limit.foreign', file: 'memory.high', bytes: 4096 }]);
  });

  it.each(['memory.high', 'memory.max'] as const)('look at %s once a second, and tell each change', async (file) => {
    await create();
    for (const [text, bytes] of [
      ['4096', 4096],
      ['max', null],
      ['8192', 8192],
    ] as const) {
      tree.set(file, `${text}\n`);
      await eventually(() => told.at(-1), { type: 'limit.foreign', file, bytes });
    }
    expect(told).toHaveLength(3);
  });

  it('write nothing, and say why, where others may write the runtime directory', async () => {
    chmodSync(tree.runtimeDirectory, 0o777);
    const { limits, throttle } = await create();
    const why = `${tree.runtimeDirectory}: others may write it (expected mode 0755 or less)`;
    expect(warnings).toEqual([why]);
    expect(leftOf(await limits.armTripwire(HIGH_BYTES))).toBe(why);
    expect(leftOf(await limits.setHardLimit(2 * CURRENT_BYTES))).toBe(why);
    leftOf(await throttle.start({ allowanceBytes: MIB }));
    expect(limitsOf(tree)).toEqual(FREE);
    expect(readdirSync(tree.runtimeDirectory)).toEqual([]);
  });
});
