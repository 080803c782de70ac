/** Rule R3: a start, or `thaw`, that is killed while it restores leaves the rest to the next one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { MIB } from '../../../../machines/shared/units';
import { everyStep, type Struck } from '../../../support/every-step';
import { limitsOf, type ProtectionTree } from '../../../support/protection-tree';
import { noteIn, undoIn } from './support';

const prepare = (tree: ProtectionTree): void => {
  tree.makeCgroup('sub');
  tree.makeCgroup('throttle');
  noteIn(tree, { highBytes: [4096], maxBytes: [8192], throttleCgroup: new Map([[102, `${tree.paths.managed}/sub`]]) });
  tree.set('memory.high', '4096\n');
  tree.set('memory.max', '8192\n');
  tree.set('throttle/memory.high', `${16 * MIB}\n`);
  tree.set('throttle/cgroup.procs', '102\n103\n');
  tree.set('cgroup.procs', '101\n');
};

const restored = ({ tree }: Struck): Promise<void> => {
  expect(undoIn(tree, 'ours', {}).failed).toEqual([]);
  expect(limitsOf(tree)).toEqual({ high: 'max', max: 'max' });
  expect(tree.exists('throttle')).toBe(false);
  expect(tree.read('cgroup.procs')).toBe('101\n103');
  expect(tree.read('sub/cgroup.procs')).toBe('102');
  expect(existsSync(tree.paths.intentFile)).toBe(false);
  return Promise.resolve();
};

it('what is left after a death at any step of restoring is restored by the next one', async () => {
  const script = join(__dirname, 'restoring-scenario.ts');
  const steps = await everyStep({ script, fate: { signal: 'SIGKILL', watchdog: 'lives' }, prepare, check: restored });
  // The note read and removed; two limits and the throttle cgroup's read and written; two processes listed and moved; the throttle cgroup removed.
  expect(steps).toBeGreaterThanOrEqual(2 + 6 + 3 + 1);
}, 60_000);
