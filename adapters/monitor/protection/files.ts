/**
 * All that the actuators do to files, in small interfaces: tests stop and kill the process between any
 * two of these steps (rule R3), and put a fake tree's missing behaviour (a cgroup's files appear with
 * it, a pid that is written to one cgroup leaves the other) behind them.
 */
import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  write as writeByPool,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { mkdir, open, rm, rmdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { remount } from './shm-cap/remount';

/** What undoing needs, at once (undo-files.ts) or by promises. Each throws, or rejects with, Node's own error. */
export interface MachineFiles<Text, Done> {
  /** Of a file that never waits: a cgroup's. */
  readText(path: string): Text;
  /** Writes a file of the kernel in one write(2), which may wait in the kernel; never creates it. */
  writeKernel(path: string, text: string): Done;
  /** No error when it is not there. */
  removeFile(path: string): Done;
  /** An empty one; for cgroups: one without processes. */
  removeDirectory(path: string): Done;
  /** See remount.ts. */
  remount(mountPoint: string, size: string): Done;
}

/**
 * Only what may wait in the kernel goes through the thread pool: in a VM that is short of CPU or memory each trip there
 * took up to 0.5 s, and a throttle, of forty trips, came seconds too late.
 */
export interface ActuatorFiles extends MachineFiles<Promise<string>, Promise<void>> {
  /** A file of ours, whole or not at all: written aside, then renamed. */
  replaceFile(path: string, text: string): Promise<void>;
  /** One level; EEXIST when it is there. */
  makeDirectory(path: string): Promise<void>;
}

/** A file of the kernel that is held open, so that writing needs neither the thread pool nor a look-up of its path. */
export interface HeldLimit {
  /** One write(2), at once. Throws Node's error. For what cannot block in the kernel: raising a limit. */
  writeSync(text: string): void;
  /** Never rejects. */
  close(): Promise<void>;
}

export interface LimitFiles extends ActuatorFiles {
  holdLimit(path: string): Promise<HeldLimit>;
}

const writeOnce = promisify(writeByPool);

const writeKernel = async (path: string, text: string): Promise<void> => {
  const file = openSync(path, 'r+');
  try {
    const bytes = Buffer.from(text);
    await writeOnce(file, bytes, 0, bytes.length, 0);
    // The kernel takes no notice. An ordinary file in its place would keep the end of a longer text.
    ftruncateSync(file, bytes.length);
  } finally {
    closeSync(file);
  }
};

/** At once, as the heartbeats are (heartbeat.ts): both lie in the runtime directory, on a tmpfs. */
const replaceFile = (path: string, text: string): void => {
  const aside = `${path}.new`;
  writeFileSync(aside, text, { mode: 0o644 });
  renameSync(aside, path);
};

/** What returns at once as a promise, which rejects where it throws. */
const atOnce = <A>(act: () => A): Promise<A> =>
  new Promise((resolve) => {
    resolve(act());
  });

const holdLimit = async (path: string): Promise<HeldLimit> => {
  const handle = await open(path, 'r+');
  return {
    writeSync: (text) => {
      writeSync(handle.fd, text, 0);
      ftruncateSync(handle.fd, Buffer.byteLength(text)); // As in writeKernel.
    },
    // All that was written has been taken, so a failed close loses nothing.
    close: () => handle.close().catch(() => undefined),
  };
};

export const actuatorFiles: LimitFiles = {
  readText: (path) => atOnce(() => readFileSync(path, 'utf8')),
  writeKernel,
  replaceFile: (path, text) =>
    atOnce(() => {
      replaceFile(path, text);
    }),
  removeFile: (path) => rm(path, { force: true }),
  makeDirectory: (path) => mkdir(path),
  removeDirectory: (path) => rmdir(path),
  remount,
  holdLimit,
};
