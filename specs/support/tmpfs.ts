/** Small tmpfs mounts of the tests' own, in place of the machine's /dev/shm. Mounting takes root. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const mounted: string[] = [];

/** Mounts one over an existing directory. @param options as mount(8) takes them, "size=8m" */
export const mountOver = (directory: string, options: string): void => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'vm-monitor-test', directory]);
  mounted.push(directory);
};

/** Makes a directory of a mount show at another place, too. */
export const bindOver = (from: string, directory: string): void => {
  execFileSync('mount', ['--bind', from, directory]);
  mounted.push(directory);
};

/** A new mount; its directory. */
export const mountTmpfs = (options: string): string => {
  const directory = mkdtempSync(join(tmpdir(), 'vm-monitor-shm-'));
  mountOver(directory, options);
  return directory;
};

/** Belongs into afterEach. What lies in them is lost. */
export const unmountAll = (): void => {
  const directories = mounted.splice(0);
  for (const directory of directories) execFileSync('umount', ['--lazy', directory]);
  for (const directory of new Set(directories))
    if (directory.startsWith(join(tmpdir(), 'vm-monitor-shm-'))) rmSync(directory, { recursive: true });
};

/** The mount's options as the kernel has them: "rw,nosuid - … rw,size=8192k". */
export const mountLine = (directory: string): string =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((line) => line.includes(` ${directory} `)) ?? '';
