/**
 * All that the hands do to files, in small interfaces: tests stop and kill the process between any
 * two of these steps (rule R3), and put a fake tree's missing behaviour (a cgroup's files appear with
 * it, a pid that is written to one cgroup leaves the other) behind them.
 */
import { ftruncateSync, writeSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';

/** Each rejects with Node's own error; whoever calls turns that into a reason. */
export interface HandFiles {
  readText(path: string): Promise<string>;
  /** Writes a file of the kernel in one write(2); never creates it. May block in the kernel, in the thread pool. */
  writeKernel(path: string, text: string): Promise<void>;
  /** A file of ours, whole or not at all: written aside, then renamed. */
  replaceFile(path: string, text: string): Promise<void>;
  /** No error when it is not there. */
  removeFile(path: string): Promise<void>;
  /** One level; EEXIST when it is there. */
  makeDirectory(path: string): Promise<void>;
  /** An empty one; for cgroups: one without processes. */
  removeDirectory(path: string): Promise<void>;
}

/** A file of the kernel that is held open, so that writing needs neither the thread pool nor a look-up of its path. */
export interface HeldLimit {
  /** One write(2), at once. Throws Node's error. For what cannot block in the kernel: raising a limit. */
  writeSync(text: string): void;
  /** Never rejects. */
  close(): Promise<void>;
}

export interface LimitFiles extends HandFiles {
  holdLimit(path: string): Promise<HeldLimit>;
}

const writeKernel = async (path: string, text: string): Promise<void> => {
  const handle = await open(path, 'r+');
  try {
    await handle.write(text, 0);
    // The kernel takes no notice. An ordinary file in its place would keep the end of a longer text.
    await handle.truncate(Buffer.byteLength(text));
  } finally {
    await handle.close();
  }
};

const replaceFile = async (path: string, text: string): Promise<void> => {
  const aside = `${path}.new`;
  await writeFile(aside, text, { mode: 0o644 });
  await rename(aside, path);
};

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

export const handFiles: LimitFiles = {
  readText: (path) => readFile(path, 'utf8'),
  writeKernel,
  replaceFile,
  removeFile: (path) => rm(path, { force: true }),
  makeDirectory: (path) => mkdir(path),
  removeDirectory: (path) => rmdir(path),
  holdLimit,
};
