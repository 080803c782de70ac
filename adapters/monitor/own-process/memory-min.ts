/**
 * Keeps our own memory from reclaim by memory.min of our own cgroup (kernel doc admin-guide/cgroup-v2):
 * when the VM is short of memory we are needed, and a monitor that reads its own program from disk
 * comes too late.
 *
 * If we die the next instant the value stays as long as the cgroup: a service manager removes it with
 * the service; elsewhere it goes on protecting at most this much memory of a cgroup that is empty.
 * Nothing is taken from Postgres but this.
 */
import { dirname, join } from 'node:path';
import * as E from 'fp-ts/Either';
import { errorText } from '../../../machines/shared/error-text';
import { formatBytes } from '../../../machines/shared/format';
import { MIB } from '../../../machines/shared/units';
import { sharedWith } from './members';
import { isInside, ownCgroup } from './own-cgroup';
import { readNumber, type OwnFiles } from './own-files';

/** An idle monitor holds 13 MiB of its own and 41 MiB of program text; the rest is for the garbage of an emergency. */
export const OWN_MIN_BYTES = 64 * MIB;

export interface OwnProcess {
  readonly files: OwnFiles;
  readonly procRoot: string;
  readonly cgroupRoot: string;
  /** Name of the managed cgroup below the root; null: none. */
  readonly managed: string | null;
  readonly pid: number;
}

const FIX = 'run the monitor as a service of its own, with MemoryMin=64M and Slice=-.slice';

/** Why this cgroup is not ours to protect; null when it is. */
const notOurs = async (process: OwnProcess, path: string): Promise<string | null> => {
  const { files, procRoot, cgroupRoot, managed, pid } = process;
  if (managed !== null && isInside(managed, path)) return `the monitor runs in the managed cgroup ${managed}`;
  if (managed !== null && isInside(path, managed)) return `the managed cgroup ${managed} lies in ours`;
  const shared = await sharedWith(files, join(cgroupRoot, path), procRoot, pid);
  return shared === null ? null : `${path} is not ours alone: ${shared}`;
};

const minFile = ({ cgroupRoot }: OwnProcess, path: string): string => join(cgroupRoot, path, 'memory.min');

/** Protection binds only as far as that of every cgroup above; the first that gives less, or null. */
const weakerAncestor = async (process: OwnProcess, path: string, bytes: number): Promise<string | null> => {
  for (let above = dirname(path); above !== '/'; above = dirname(above))
    if ((await readNumber(process.files, minFile(process, above))) < bytes) return above;
  return null;
};

const not = (why: string): string => `not kept from reclaim: ${why}`;

const describe = async (process: OwnProcess, path: string, bytes: number): Promise<string> => {
  const limit = `memory.min ${bytes === Infinity ? 'max' : formatBytes(bytes)} of ${path}`;
  const weaker = await weakerAncestor(process, path, bytes);
  return weaker === null
    ? `kept from reclaim (${limit})`
    : not(`${limit} binds only as far as that of ${weaker}; ${FIX}`);
};

const keep = async (process: OwnProcess, path: string): Promise<string> => {
  if (path === '/') return not(`the monitor runs in the root cgroup; ${FIX}`);
  const file = minFile(process, path);
  const present = await readNumber(process.files, file);
  // Somebody has chosen already: the service manager (MemoryMin=), or our last run.
  if (present > 0) return describe(process, path, present);
  const why = await notOurs(process, path);
  if (why !== null) return not(`${why}; ${FIX}`);
  await process.files.writeKernel(file, String(OWN_MIN_BYTES));
  return describe(process, path, OWN_MIN_BYTES);
};

/** Does what may be done. Never rejects. @returns one line for the start: what was done, or why not and the fix */
export const keepFromReclaim = async (process: OwnProcess): Promise<string> => {
  const own = await ownCgroup(process.procRoot);
  if (E.isLeft(own)) return not(`${own.left}; ${FIX}`);
  try {
    return await keep(process, own.right);
  } catch (error) {
    return not(`${errorText(error)}; ${FIX}`);
  }
};
