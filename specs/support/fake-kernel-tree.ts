/**
 * Ordinary files in a temporary directory that stand in for a cgroup v2 mount and /proc: tests cannot
 * have a cgroup of their own without a VM. What differs from the kernel: a removed cgroup goes on being
 * readable through old handles (the kernel says ENODEV), and nothing changes by itself.
 */
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  CGROUP_FILES,
  CGROUP_MEMORY,
  PROC_FILES,
  VM_MEMORY,
  meminfoText,
  memoryEventsText,
  memoryStatText,
} from './kernel-texts';

export interface KernelTree {
  readonly procRoot: string;
  readonly cgroupRoot: string;
  /** Name of the managed cgroup below the root. */
  readonly cgroup: string;
  /** `file` is "cgroup/memory.stat" (of the managed cgroup) or "proc/meminfo"; made if it is not there. */
  readonly set: (file: string, text: string) => void;
  /** Takes one file away. */
  readonly remove: (file: string) => void;
  readonly setAnonBytes: (bytes: number) => void;
  /** Whole KiB. */
  readonly setMemAvailableBytes: (bytes: number) => void;
  /** Sets the `high` counters of memory.events and memory.events.local, which notifies watchers. */
  readonly setHighEvents: (count: number) => void;
  readonly removeCgroup: () => void;
  /** Makes the cgroup anew with the texts it began with. */
  readonly recreateCgroup: () => void;
  readonly dispose: () => void;
}

/** Writes in place: handles that are held see the new text, a watch fires, no reader finds an empty file. */
const overwrite = (path: string, text: string): void => {
  const file = openSync(path, 'r+');
  writeSync(file, text, 0);
  ftruncateSync(file, Buffer.byteLength(text));
  closeSync(file);
};

const writeAll = (directory: string, files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
};

/** The tree at `base`, where its directories are or will be. */
export const openKernelTree = (base: string, cgroup = 'neon-postgres'): KernelTree => {
  const procRoot = join(base, 'proc');
  const cgroupRoot = join(base, 'cgroup');
  const cgroupDirectory = join(cgroupRoot, cgroup);

  const pathOf = (file: string): string =>
    file.startsWith('proc/') ? join(base, file) : join(cgroupDirectory, file.replace(/^cgroup\//, ''));
  const set = (file: string, text: string): void => {
    const path = pathOf(file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '', { flag: 'a' });
    overwrite(path, text);
  };
  const recreateCgroup = (): void => {
    writeAll(cgroupDirectory, CGROUP_FILES);
  };

  return {
    procRoot,
    cgroupRoot,
    cgroup,
    set,
    remove: (file) => {
      rmSync(pathOf(file));
    },
    setAnonBytes: (anonBytes) => {
      set('cgroup/memory.stat', memoryStatText({ ...CGROUP_MEMORY, anonBytes }));
    },
    setMemAvailableBytes: (availableBytes) => {
      set('proc/meminfo', meminfoText({ ...VM_MEMORY, availableBytes }));
    },
    setHighEvents: (count) => {
      set('cgroup/memory.events', memoryEventsText(count));
      set('cgroup/memory.events.local', memoryEventsText(count));
    },
    removeCgroup: () => {
      rmSync(cgroupDirectory, { recursive: true });
    },
    recreateCgroup,
    dispose: () => {
      rmSync(base, { recursive: true, force: true });
    },
  };
};

/** Fills it with what a fresh VM shows. */
export const furnishKernelTree = ({ procRoot, cgroupRoot, recreateCgroup }: KernelTree): void => {
  writeAll(procRoot, PROC_FILES);
  writeAll(cgroupRoot, { 'cgroup.controllers': 'cpuset cpu io memory pids\n' });
  recreateCgroup();
};

export const createKernelTree = (cgroup?: string): KernelTree => {
  const tree = openKernelTree(mkdtempSync(join(tmpdir(), 'vm-monitor-kernel-')), cgroup);
  furnishKernelTree(tree);
  return tree;
};
