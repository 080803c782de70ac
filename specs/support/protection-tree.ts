/**
 * Ordinary files in a temporary directory that stand in for the cgroups that protection writes: tests
 * cannot have a memory controller of their own without a VM. What the kernel does by itself is done behind
 * the interfaces to files: a new cgroup gets its files; a pid that is written to one leaves the other, and
 * is refused where nobody has it; a cgroup with processes is not removed. For the watchdog process, a shell script,
 * which has the real files under its hands, a stand-in of rmdir does the last of these.
 */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { GIB, MIB } from '../../machines/shared/units';
import { actuatorFiles, type LimitFiles } from '../../adapters/monitor/protection/files';
import { protectionPaths, type ProtectionPaths } from '../../adapters/monitor/protection/paths';
import { undoFiles, type UndoFiles } from '../../adapters/monitor/protection/undo-files';
import { CGROUP_MEMORY, memoryStatText } from './kernel-texts';

/** What the cgroup holds unless told otherwise. */
export const CURRENT_BYTES = GIB;
/** The part of it that is no page cache. */
export const UNRECLAIMABLE_BYTES = CURRENT_BYTES - 100 * MIB;

/** memory.stat of a cgroup that holds so much; anon, shmem and kernel each have a part of the first. */
const statText = (unreclaimableBytes: number, cacheBytes: number): string => {
  const [shmemBytes, kernelBytes] = [unreclaimableBytes / 4, unreclaimableBytes / 8];
  return memoryStatText({
    ...CGROUP_MEMORY,
    anonBytes: unreclaimableBytes - shmemBytes - kernelBytes,
    shmemBytes,
    kernelBytes,
    // As the kernel counts it: shared memory is part of it.
    fileBytes: cacheBytes + shmemBytes,
  });
};

const CGROUP_FILES: Readonly<Record<string, string>> = {
  'cgroup.procs': '',
  'cgroup.freeze': '0\n',
  'memory.high': 'max\n',
  'memory.max': 'max\n',
  'memory.current': '0\n',
  'memory.stat': statText(0, 0),
  'memory.events': 'low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n',
  'memory.events.local': 'low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n',
};

export interface ProtectionTree {
  readonly base: string;
  readonly cgroupRoot: string;
  /** Name of the managed cgroup below the root. */
  readonly cgroup: string;
  readonly runtimeDirectory: string;
  readonly paths: ProtectionPaths;
  /** All steps that protection takes, with the kernel's part in them. */
  readonly files: LimitFiles;
  readonly undoFiles: UndoFiles;
  /** A directory for PATH, before all others: the watchdog process's commands as the kernel would answer them. */
  readonly commands: string;
  /** Trimmed text of a file; `file` is "memory.high" of the managed cgroup, "throttle/memory.high", "sub/cgroup.procs". */
  read(file: string): string;
  set(file: string, text: string): void;
  exists(file: string): boolean;
  /** Makes a cgroup with its files; `name` is "throttle", or "sub" for a child of the managed one. */
  makeCgroup(name: string): void;
  /** Removes the managed cgroup, as a service manager does. */
  removeManaged(): void;
  dispose(): void;
}

const errorWith = (code: string, path: string): Error => Object.assign(new Error(`${code}: ${path}`), { code });

const makeCgroupAt = (directory: string): void => {
  mkdirSync(directory);
  for (const [name, text] of Object.entries(CGROUP_FILES)) writeFileSync(join(directory, name), text);
};

const pidsIn = (file: string): readonly string[] => readFileSync(file, 'utf8').split('\n').filter(Boolean);

/** The lists of all cgroups below the root. */
const processLists = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => basename(name) === 'cgroup.procs')
    .map((name) => join(root, name));

const moveProcess = (root: string, target: string, pid: string): void => {
  if (!existsSync(target)) throw errorWith('ENOENT', target);
  const lists = processLists(root);
  if (!lists.some((list) => pidsIn(list).includes(pid))) throw errorWith('ESRCH', target);
  // It is in one of them at every moment, so that a test that looks, or kills, in between finds it.
  if (!pidsIn(target).includes(pid)) appendFileSync(target, `${pid}\n`);
  for (const list of lists.filter((each) => each !== target)) {
    const others = pidsIn(list).filter((other) => other !== pid);
    writeFileSync(list, others.map((other) => `${other}\n`).join(''));
  }
};

const removeCgroup = (directory: string): void => {
  if (!existsSync(directory)) throw errorWith('ENOENT', directory);
  if (pidsIn(join(directory, 'cgroup.procs')).length > 0) throw errorWith('EBUSY', directory);
  rmSync(directory, { recursive: true });
};

const isProcessList = (path: string): boolean => basename(path) === 'cgroup.procs';

const treeFiles = (root: string): LimitFiles => ({
  ...actuatorFiles,
  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must reject
  makeDirectory: async (path) => {
    makeCgroupAt(path);
  },
  writeKernel: async (path, text) => {
    if (isProcessList(path)) moveProcess(root, path, text.trim());
    else await actuatorFiles.writeKernel(path, text);
  },
  // eslint-disable-next-line @typescript-eslint/require-await -- what it throws must reject
  removeDirectory: async (path) => {
    removeCgroup(path);
  },
});

const treeUndoFiles = (root: string): UndoFiles => ({
  ...undoFiles,
  writeKernel: (path, text) => {
    if (isProcessList(path)) moveProcess(root, path, text.trim());
    else undoFiles.writeKernel(path, text);
  },
  removeDirectory: removeCgroup,
});

/** Refuses while a process of the cgroup is in no other: the watchdog process appends pids, which do not leave by that here. */
const RMDIR = `#!/bin/sh
lists=$(find "\${1%/*}" -name cgroup.procs ! -path "$1/*")
while read -r pid; do
  grep -qx "$pid" $lists || exit 1
done < "$1/cgroup.procs"
exec rm -r "$1"
`;

/** The tree at `base`, which createProtectionTree has made, maybe in another process. */
export const openProtectionTree = (base: string): ProtectionTree => {
  const cgroupRoot = join(base, 'cgroup');
  const runtimeDirectory = join(base, 'run');
  const cgroup = 'neon-postgres';
  const paths = protectionPaths(join(cgroupRoot, cgroup), runtimeDirectory);
  const pathOf = (file: string): string =>
    file.startsWith('throttle') ? join(paths.throttleCgroup, file.slice('throttle'.length)) : join(paths.managed, file);
  return {
    base,
    cgroupRoot,
    cgroup,
    runtimeDirectory,
    paths,
    files: treeFiles(cgroupRoot),
    undoFiles: treeUndoFiles(cgroupRoot),
    commands: join(base, 'bin'),
    read: (file) => readFileSync(pathOf(file), 'utf8').trim(),
    set: (file, text) => {
      writeFileSync(pathOf(file), text);
    },
    exists: (file) => existsSync(pathOf(file)),
    makeCgroup: (name) => {
      makeCgroupAt(pathOf(name));
    },
    removeManaged: () => {
      rmSync(paths.managed, { recursive: true });
    },
    dispose: () => {
      rmSync(base, { recursive: true, force: true });
    },
  };
};

/** In memory, as what it stands in for: hundreds of trees on a disk take their time. */
const MEMORY = '/dev/shm';
/** Where trees are made. */
export const TREES = existsSync(MEMORY) ? MEMORY : tmpdir();

/** A managed cgroup that holds CURRENT_BYTES, in it processes 101, 102 and 103. */
export const createProtectionTree = (): ProtectionTree => {
  const tree = openProtectionTree(mkdtempSync(join(TREES, 'vm-monitor-protection-')));
  mkdirSync(tree.cgroupRoot);
  mkdirSync(tree.runtimeDirectory, { mode: 0o755 });
  mkdirSync(tree.commands);
  writeFileSync(join(tree.commands, 'rmdir'), RMDIR);
  chmodSync(join(tree.commands, 'rmdir'), 0o755);
  makeCgroupAt(tree.paths.managed);
  tree.set('memory.current', `${CURRENT_BYTES}\n`);
  tree.set('memory.stat', statText(UNRECLAIMABLE_BYTES, CURRENT_BYTES - UNRECLAIMABLE_BYTES));
  tree.set('cgroup.procs', '101\n102\n103\n');
  return tree;
};

/** The limits of the managed cgroup. */
export const limitsOf = (tree: ProtectionTree): { readonly high: string; readonly max: string } => ({
  high: tree.read('memory.high'),
  max: tree.read('memory.max'),
});
