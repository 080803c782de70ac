/**
 * What undoing does to files, at once, as a process that is about to end can do nothing else. Nothing of it blocks for
 * long: limits are only raised, and moving a process takes 20 to 130 ms.
 */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  rmdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { whyNotOurs } from '../../shared/own-directory';
import type { MachineFiles } from './files';
import { remountSync } from './shm-cap/remount';
import { KIB } from '../../../machines/shared/units';

/** What we read whole: the longest is the list of the throttle cgroup's processes, 8 bytes each. */
export const MAX_READ_BYTES = 256 * KIB;

/** Reading throws for a text longer than MAX_READ_BYTES. */
export interface UndoFiles extends MachineFiles<string, void> {
  /** Of a file of ours. Throws when somebody else may have written it: root would do what he says. */
  readOwn(path: string): string;
}

const withFile = <A>(path: string, flags: number, use: (file: number) => A): A => {
  const file = openSync(path, flags);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
};

/** One read may return no more than a page of a longer file of the kernel. */
const readWhole = (file: number): string => {
  const buffer = Buffer.alloc(MAX_READ_BYTES + 1);
  for (let filled = 0; filled < buffer.length;) {
    const bytes = readSync(file, buffer, filled, buffer.length - filled, null);
    if (bytes === 0) return buffer.toString('utf8', 0, filled);
    filled += bytes;
  }
  throw new Error(`longer than ${MAX_READ_BYTES} bytes`);
};

/** In /tmp anybody may put a link, or a pipe that is never written. */
const UNTRUSTED = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const readOwn = (file: number): string => {
  const why = whyNotOurs(fstatSync(file));
  if (why !== null) throw new Error(why);
  return readWhole(file);
};

export const undoFiles: UndoFiles = {
  readText: (path) => withFile(path, constants.O_RDONLY, readWhole),
  readOwn: (path) => withFile(path, UNTRUSTED, readOwn),
  writeKernel: (path, text) => {
    withFile(path, constants.O_WRONLY, (file) => {
      writeSync(file, text, 0);
      ftruncateSync(file, Buffer.byteLength(text)); // As in files.ts.
    });
  },
  removeFile: (path) => {
    rmSync(path, { force: true });
  },
  removeDirectory: (path) => {
    rmdirSync(path);
  },
  remount: remountSync,
};
