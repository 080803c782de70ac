/**
 * Death and standstill of the monitor at every step of a hold (rule R3): all steps, by their names. On a fake tree
 * whose processes are files, so that both growers grow whatever else the machine does.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ActuatorFiles } from '../../../../../adapters/monitor/protection/files';
import type { Throttle } from '../../../../../adapters/monitor/protection/throttle/throttle';
import { restore } from '../../../../../adapters/monitor/protection/restore';
import { MIB } from '../../../../../machines/shared/units';
import { rightOf } from '../../../../support/either';
import { namesIn } from '../../../../support/fatal-step';
import { GrowingVm } from '../../../../support/growing-vm';
import { kernelTreeOf, makeVm, NOTHING_STANDS, standingIn, undoFilesOf } from '../../../../support/protected-vm';
import { createProtectionTree, type ProtectionTree } from '../../../../support/protection-tree';
import { ALLOWANCE, throttleOn } from './support';

let tree: ProtectionTree;
let vm: GrowingVm;
beforeEach(() => {
  tree = createProtectionTree();
  makeVm(tree);
  vm = new GrowingVm(kernelTreeOf(tree), 400 * MIB);
  vm.grows({ bytesPerS: MIB });
});
afterEach(() => {
  vm.rests();
  tree.dispose();
});

/** A step by its name, and which of that name. */
type Step = readonly [name: string, occurrence: number];

/** What start and end do to files when nothing is amiss; throttle.spec.ts has what must come before what. */
const STEPS: readonly Step[] = [
  ['read throttle/cgroup.procs', 1],
  ['replace note', 1],
  ['make throttle', 1],
  ['write throttle/memory.high', 1],
  ['write throttle/cgroup.procs', 1],
  ['write throttle/cgroup.procs', 2],
  ['read throttle/cgroup.procs', 2],
  ['read throttle/cgroup.freeze', 1],
  ['read throttle/memory.high', 1],
  ['write throttle/memory.high', 2],
  ['read throttle/cgroup.procs', 3],
  ['write sub/cgroup.procs', 1],
  ['write cgroup.procs', 1],
  ['remove throttle', 1],
  ['remove note', 1],
];

/** The tree's files; `before` is awaited before each step. */
const stepping = (before: (...step: Step) => Promise<unknown>): ActuatorFiles => {
  const { files } = tree;
  const nameOf = namesIn(tree);
  const counts = new Map<string, number>();
  const step = async <A>(what: string, path: string, act: () => Promise<A>): Promise<A> => {
    const name = `${what} ${nameOf(path)}`;
    const occurrence = (counts.get(name) ?? 0) + 1;
    counts.set(name, occurrence);
    await before(name, occurrence);
    return act();
  };
  return {
    readText: (path) => step('read', path, () => files.readText(path)),
    writeKernel: (path, text) => step('write', path, () => files.writeKernel(path, text)),
    replaceFile: (path, text) => step('replace', path, () => files.replaceFile(path, text)),
    removeFile: (path) => step('remove', path, () => files.removeFile(path)),
    makeDirectory: (path) => step('make', path, () => files.makeDirectory(path)),
    removeDirectory: (path) => step('remove', path, () => files.removeDirectory(path)),
    remount: (mountPoint, size) => step('remount', mountPoint, () => files.remount(mountPoint, size)),
  };
};

const throttleBy = (files: ActuatorFiles): Throttle => throttleOn(tree, { files, procRoot: join(tree.base, 'proc') });

const undoOurs = () => restore({ paths: tree.paths, files: undoFilesOf(tree), mode: 'ours' });

const expectNothingLeft = (): void => {
  expect(standingIn(tree)).toEqual(NOTHING_STANDS);
  expect(existsSync(tree.paths.intentFile)).toBe(false);
};

it('a hold takes these steps', async () => {
  const taken: Step[] = [];
  const throttle = throttleBy(stepping((...step) => Promise.resolve(taken.push(step))));
  rightOf(await throttle.start(ALLOWANCE));
  rightOf(await throttle.end());
  // Of two that grow alike either may come first. The watch for who waits reads beside them, by the clock.
  const steps = taken.filter(([name]) => name !== 'read cpu.stat');
  expect(steps.map(String).sort()).toEqual(STEPS.map(String).sort());
});

it.each(STEPS)('after a death before "%s" (%i) the next start undoes everything', async (fatal, which) => {
  const died = new Promise<'died'>((die) => {
    const files = stepping(async (name, occurrence) => {
      if (name !== fatal || occurrence !== which) return;
      die('died');
      await new Promise(() => undefined);
    });
    const throttle = throttleBy(files);
    void throttle.start(ALLOWANCE).then(() => throttle.end());
  });
  expect(await died).toBe('died');
  // By the note alone: what is not in it would stay.
  expect((await undoOurs()).failed).toEqual([]);
  expectNothingLeft();
});

it.each(STEPS)(
  'when it stood still before "%s" (%i) and the watchdog process undid everything, an end leaves nothing',
  async (still, which) => {
    let hasStood = false;
    const files = stepping(async (name, occurrence) => {
      if (name !== still || occurrence !== which) return;
      hasStood = true;
      await undoOurs();
    });
    const throttle = throttleBy(files);
    await throttle.start(ALLOWANCE); // It may fail, as the throttle cgroup may be gone under it.
    rightOf(await throttle.end());
    rightOf(await throttle.end());
    expectNothingLeft();
    expect(hasStood).toBe(true);
  },
);
