/** The actuators for CPUs, on a directory in place of sysfs (specs/support/cpu-tree.ts); a VM tries the real one. */
import { guestCpusUnder } from '../../../../adapters/monitor/guest-cpus';
import { type CpuTree, cpuTree } from '../../../support/cpu-tree';
import { leftOf, rightOf } from '../../../support/either';

let tree: CpuTree;
const apply = (count: number | null, surplus: 'keep' | 'offline' = 'keep') =>
  guestCpusUnder(tree.sysRoot).apply({ count, surplus });

afterEach(() => {
  tree.remove();
});

it('writes 1 to those that are to come online, and believes the kernel, not itself', async () => {
  tree = cpuTree(4, '0');
  expect(leftOf(await apply(3))).toBe('1 of 3 CPUs are online, 4 are there');
  expect(tree.written()).toEqual(['-', '1', '1', '-']);
});

it('says how many are online when all that were asked for are', async () => {
  tree = cpuTree(4, '0-3');
  expect(rightOf(await apply(2))).toBe(4);
  expect(tree.written()).toEqual(['-', '-', '-', '-']);
});

it('writes 0 to surplus ones, highest first, and says when the kernel still has them', async () => {
  tree = cpuTree(4, '0-3');
  expect(leftOf(await apply(2, 'offline'))).toBe('4 CPUs are online, 2 are granted');
  expect(tree.written()).toEqual(['-', '-', '0', '0']);
});

it('says when fewer CPUs are there than are granted', async () => {
  tree = cpuTree(2, '0-1');
  expect(leftOf(await apply(4))).toBe('2 of 4 CPUs are online, 2 are there');
});

it('finishes at the next start what a death left half done', async () => {
  tree = cpuTree(4, '0');
  tree.lose(2);
  expect(leftOf(await apply(null))).toMatch(/cpu2\/online: ENOENT/);
  expect(tree.written.bind(tree)).toThrow('ENOENT');
  tree.remove();
  // As it stands after a death behind the first of three writes.
  tree = cpuTree(4, '0-1');
  await apply(null);
  expect(tree.written()).toEqual(['-', '-', '1', '1']);
});

it('begins nothing beside a switch that is under way, and says at once where nothing is to be switched', async () => {
  tree = cpuTree(4, '0-2');
  const cpus = guestCpusUnder(tree.sysRoot);
  const [first, second, third] = await Promise.all([
    cpus.apply({ count: 4, surplus: 'keep' }),
    cpus.apply({ count: 4, surplus: 'keep' }),
    cpus.apply({ count: 3, surplus: 'keep' }),
  ]);
  expect(leftOf(first)).toBe('3 of 4 CPUs are online, 4 are there');
  expect(leftOf(second)).toMatch(/still switches a CPU/);
  expect(rightOf(third)).toBe(3);
  tree.set('online', '0-3');
  expect(rightOf(await cpus.apply({ count: 4, surplus: 'keep' }))).toBe(4);
});

it('does not wait for the thread pool where nothing is to be switched', async () => {
  tree = cpuTree(4, '0-3');
  const said: string[] = [];
  const applied = apply(4).then(() => said.push('applied'));
  // What takes another thread could not have come by then.
  await new Promise((resolve) => {
    process.nextTick(resolve);
  });
  said.push('next');
  await applied;
  expect(said).toEqual(['applied', 'next']);
});

it('says what it found in place of a list of CPUs', async () => {
  tree = cpuTree(1, 'all');
  expect(leftOf(await apply(1))).toMatch(/online line 1: found "all", expected CPUs such as 0-3,6$/);
});
