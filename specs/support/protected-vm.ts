/**
 * A fake tree that a whole monitor can watch and protect: the kernel's files (fake-kernel-tree.ts), cgroups
 * as protection writes them (protection-tree.ts), and what a hold and a cap look at. The processes are
 * files too, with pids beyond those that Linux gives out (PID_MAX_LIMIT, 2^22): no signal reaches anybody.
 * Shared memory is a directory that the tree's own list of mounts calls a tmpfs; a stand-in of mount(8)
 * changes the size there.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UndoFiles } from '../../adapters/monitor/protection/undo-files';
import { KIB } from '../../machines/shared/units';
import { furnishKernelTree, type KernelTree, openKernelTree } from './fake-kernel-tree';
import { procStatText } from './kernel-texts';
import { TREES, type ProtectionTree } from './protection-tree';

const POSTMASTER = 5_000_000;
const IDLE = 5_000_003;
/** One in the managed cgroup, one in a cgroup below it. */
export const GROWERS = [5_000_001, 5_000_002] as const;

/** Tasks that want to run: more than a calm VM has, so the monitor beats ten times a second, not once. */
const BUSY_PROCS = 5;

/** The size of the file system that trees lie on: what statfs says of shared memory's stand-in. */
const sizeOnDisk = (): string => {
  const { blocks, bsize } = statfsSync(TREES);
  return `${(blocks * bsize) / KIB}k`;
};
export const SHARED_MEMORY_SIZE = sizeOnDisk();

/** `mount -o remount,rw,size=SIZE DIRECTORY`; a size is shown in KiB, as the kernel does. */
const MOUNT = `#!/bin/sh
size=\${2##*size=}
case $size in *[!0-9]*) ;; *) size=$((size / 1024))k ;; esac
mounts=\${0%/bin/mount}/proc/self/mountinfo
sed "s|\\( $3 .*size=\\)[0-9]*k|\\1$size|" "$mounts" > "$mounts.$$" && mv "$mounts.$$" "$mounts"
`;

export const kernelTreeOf = ({ base, cgroup }: ProtectionTree): KernelTree => openKernelTree(base, cgroup);

/** Where shared memory lies in this tree. */
export const sharedMemoryOf = ({ base }: ProtectionTree): string => join(base, 'shm');

const mountinfoOf = ({ base }: ProtectionTree): string => join(base, 'proc/self/mountinfo');

/** RssAnon of a process of the tree. Of one width, so that no reader finds a part of it. */
export const setAnonBytes = (kernel: KernelTree, pid: number, bytes: number): void => {
  const kib = String(Math.round(bytes / KIB)).padStart(10);
  kernel.set(`proc/${pid}/status`, `Name:\tpostgres\nPPid:\t${POSTMASTER}\nRssAnon:\t${kib} kB\nRssShmem:\t0 kB\n`);
};

const makeProcess = (kernel: KernelTree, pid: number, parentPid: number, title: string): void => {
  setAnonBytes(kernel, pid, 0);
  kernel.set(`proc/${pid}/stat`, `${pid} (postgres) S ${parentPid}${' 0'.repeat(17)} ${pid} 0\n`);
  kernel.set(`proc/${pid}/cmdline`, `${title}\0`);
  symlinkSync('/usr/lib/postgresql/15/bin/postgres', join(kernel.procRoot, String(pid), 'exe'));
};

const makeSharedMemory = (tree: ProtectionTree): void => {
  mkdirSync(sharedMemoryOf(tree));
  mkdirSync(join(tree.base, 'proc/self'));
  const mount = `36 35 0:50 / ${sharedMemoryOf(tree)} rw,nosuid - tmpfs tmpfs rw,size=${SHARED_MEMORY_SIZE}\n`;
  writeFileSync(mountinfoOf(tree), mount);
  writeFileSync(join(tree.commands, 'mount'), MOUNT);
  chmodSync(join(tree.commands, 'mount'), 0o755);
};

/** Makes a VM of 1 GiB of a fresh tree, with a Postgres of four processes in its cgroup. */
export const makeVm = (tree: ProtectionTree): void => {
  const kernel = kernelTreeOf(tree);
  furnishKernelTree(kernel);
  kernel.set('proc/stat', procStatText(0, BUSY_PROCS));
  tree.makeCgroup('sub');
  tree.set('cgroup.procs', `${POSTMASTER}\n${GROWERS[0]}\n${IDLE}\n`);
  tree.set('sub/cgroup.procs', `${GROWERS[1]}\n`);
  makeProcess(kernel, POSTMASTER, 1, 'postgres');
  for (const pid of GROWERS) makeProcess(kernel, pid, POSTMASTER, 'postgres: alice shop [local] SELECT');
  makeProcess(kernel, IDLE, POSTMASTER, 'postgres: bob shop [local] idle');
  makeSharedMemory(tree);
};

/** The tree's, with its own shared memory: for a process that does not have the stand-in in its PATH. */
export const undoFilesOf = (tree: ProtectionTree): UndoFiles => ({
  ...tree.undoFiles,
  remount: (mountPoint, size) => {
    execFileSync(join(tree.commands, 'mount'), ['-o', `remount,rw,size=${size}`, mountPoint]);
  },
});

/** A watchdog process adds processes to lists that they are in already. */
const pidsIn = (tree: ProtectionTree, cgroup: string): readonly number[] =>
  [...new Set(tree.read(join(cgroup, 'cgroup.procs')).split('\n').filter(Boolean).map(Number))].sort((a, b) => a - b);

const sizeOf = (tree: ProtectionTree): string | undefined =>
  /size=(.*)/.exec(readFileSync(mountinfoOf(tree), 'utf8'))?.[1];

/** Whether undoing what is in place, or noted, takes more than writing files. */
export const needsKernel = (tree: ProtectionTree): boolean => {
  const { intentFile } = tree.paths;
  const note = existsSync(intentFile) ? readFileSync(intentFile, 'utf8') : '';
  return tree.exists('throttle') || /^(throttle|shmCap)/m.test(note);
};

/** All that a monitor could have left in a tree (rule R3). */
export const standingIn = (tree: ProtectionTree): unknown => ({
  frozen: tree.read('cgroup.freeze'),
  high: tree.read('memory.high'),
  max: tree.read('memory.max'),
  throttleCgroup: tree.exists('throttle'),
  sharedMemory: sizeOf(tree),
  processes: { managed: pidsIn(tree, ''), sub: pidsIn(tree, 'sub') },
});

/** Rule R3 holds. */
export const NOTHING_STANDS: unknown = {
  frozen: '0',
  high: 'max',
  max: 'max',
  throttleCgroup: false,
  sharedMemory: SHARED_MEMORY_SIZE,
  processes: { managed: [POSTMASTER, GROWERS[0], IDLE], sub: [GROWERS[1]] },
};
