/**
 * A hold on real processes of which two grow. The cgroups are a fake tree (specs/support/protection-tree.ts), as
 * tests cannot have a memory controller without a VM; so nothing is slowed here, and what is written is checked.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import { MIB } from '../../../../../machines/shared/units';
import type { ActuatorFiles } from '../../../../../adapters/monitor/protection/files';
import { Throttle, type ThrottleOptions } from '../../../../../adapters/monitor/protection/throttle/throttle';
import { IntentRecords, type Watchkeeper } from '../../../../../adapters/monitor/protection/intent-records';
import { endProcesses, startGrowing, startIdle } from '../../../../support/growing-process';
import { createProtectionTree, type ProtectionTree } from '../../../../support/protection-tree';

export const ALLOWANCE = { allowanceBytes: 16 * MIB };

export interface HoldRoom {
  readonly tree: ProtectionTree;
  /** Of the same speed: neither alone makes most of the growth. */
  readonly growers: readonly [number, number];
  readonly idle: number;
  /** All of them, as a list of pids has them. */
  readonly everyone: readonly number[];
}

const sorted = (pids: readonly number[]): readonly number[] => [...pids].sort((a, b) => a - b);

/** Belongs into beforeEach. */
export const openHoldRoom = async (): Promise<HoldRoom> => {
  const [one, other, { pid: idle }] = await Promise.all([startGrowing(), startGrowing(), startIdle()]);
  const fastest = sorted([one.pid, other.pid]) as [number, number];
  const tree = createProtectionTree();
  tree.set('cgroup.procs', `${fastest.join('\n')}\n${idle}\n`);
  return { tree, growers: fastest, idle, everyone: sorted([...fastest, idle]) };
};

/** Belongs into afterEach. */
export const closeHoldRoom = async ({ tree }: HoldRoom): Promise<void> => {
  await endProcesses();
  tree.dispose();
};

export const WATCHDOG: Watchkeeper = { watch: () => Promise.resolve(E.right(undefined)), rest: () => undefined };

export const throttleOn = (
  tree: ProtectionTree,
  { files = tree.files, ...options }: Partial<ThrottleOptions> = {},
): Throttle => {
  const { paths, cgroupRoot } = tree;
  const records = new IntentRecords({ intentFile: paths.intentFile, files, watchdog: WATCHDOG, session: 'spec' });
  return new Throttle({
    ...{ paths, cgroupRoot, procRoot: '/proc', files, records },
    countWaiting: () => Promise.resolve(null),
    onBlocked: () => undefined,
    ...options,
  });
};

export const throttleIn = ({ tree }: HoldRoom, options: Partial<ThrottleOptions> = {}): Throttle =>
  throttleOn(tree, options);

/** @param cgroup "" for the managed one, "throttle", "sub" */
export const pidsIn = ({ tree }: HoldRoom, cgroup: string): readonly number[] =>
  sorted(tree.read(join(cgroup, 'cgroup.procs')).split('\n').filter(Boolean).map(Number));

/** Everyone is where he was, and nothing of ours is left. */
export const expectNothingLeft = (room: HoldRoom): void => {
  expect(pidsIn(room, '')).toEqual(room.everyone);
  expect(room.tree.exists('throttle')).toBe(false);
  expect(existsSync(room.tree.paths.intentFile)).toBe(false);
};

/** The tree's files, failing with `code` where `fails` says so of a path and a text ("rmdir" for a removal). */
export const failing = (
  { tree: { files } }: HoldRoom,
  code: string,
  fails: (path: string, text: string) => boolean,
): ActuatorFiles => {
  const refuse = (path: string, text: string): Promise<void> =>
    fails(path, text) ? Promise.reject(Object.assign(new Error(`${code}: refused`), { code })) : Promise.resolve();
  return {
    ...files,
    writeKernel: (path, text) => refuse(path, text.trim()).then(() => files.writeKernel(path, text)),
    removeDirectory: (path) => refuse(path, 'rmdir').then(() => files.removeDirectory(path)),
  };
};

/** True so many times, and false from then on. */
export const times = (count: number): (() => boolean) => {
  let left = count;
  return () => (left -= 1) >= 0;
};
