/**
 * The throttle cgroup: a sibling of the managed cgroup with a small memory.high (kernel doc admin-guide/cgroup-v2).
 * Memory stays charged where it was allocated, so a process that is moved here is slowed only in what it
 * allocates from now on, and the rest of Postgres not at all.
 *
 * If we die at any point: the watchdog process and the next start know the directory by its fixed name. They lift its
 * limit, move what is in it back, and remove it. Empty, or with its limit lifted, it harms nobody.
 * (restore-throttle-cgroup.ts undoes the same; here nothing may block, as a move can take 130 ms.)
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { FileFailure } from '../../../shared/node-error';
import { showParseError } from '../../../shared/parse/parse-error';
import { attempt, inWords, isGone } from '../attempt';
import type { ActuatorFiles } from '../files';
import { limitText, NO_LIMIT } from '../limit-text';
import type { ProtectionPaths } from '../paths';
import { type Members, parsePids } from '../processes/cgroup-members';

/** The throttle cgroup is emptied again while children appear in it or the kernel still says EBUSY: 0.5 s in all. */
const EMPTY_ROUNDS = 20;
const EMPTY_ROUND_MS = 25;

export interface ThrottleCgroup {
  /** Makes the directory and limits it. Left: the kernel does not let us (no memory controller, no permission). */
  make(allowanceBytes: number): Promise<Either<string, void>>;
  /** No error for a process that has ended. */
  put(pid: number): Promise<Either<string, void>>;
  /** Pids that are in it now; none where it is gone. */
  pids(): Promise<Either<string, readonly number[]>>;
  /** Moves one back to where it came from, else to the managed cgroup; no error for one that has ended. */
  letGo(pid: number, origins: Members): Promise<Either<string, void>>;
  /** Lifts the limit, moves all back and removes the directory. Right: it is gone. */
  remove(origins: Members): Promise<Either<string, void>>;
}

/** A cgroup has the files of those controllers that the one above it passes on. */
const NO_CONTROLLER = 'expected the memory controller (+memory in cgroup.subtree_control of the cgroup above)';

export const createThrottleCgroup = (
  files: ActuatorFiles,
  { managed, throttleCgroup }: ProtectionPaths,
): ThrottleCgroup => {
  const high = join(throttleCgroup, 'memory.high');
  const procs = join(throttleCgroup, 'cgroup.procs');

  const write = (path: string, text: string): Promise<Either<FileFailure, void>> =>
    attempt(path, () => files.writeKernel(path, text));

  /** ESRCH: the process has ended. */
  const move = async (pid: number, directory: string): Promise<Either<FileFailure, void>> => {
    const moved = await write(join(directory, 'cgroup.procs'), `${pid}\n`);
    return E.isLeft(moved) && moved.left.code === 'ESRCH' ? E.right(undefined) : moved;
  };

  const moveBack = async (pid: number, origins: Members): Promise<Either<FileFailure, void>> => {
    const moved = await move(pid, origins.get(pid) ?? managed);
    // Its own cgroup may have been removed meanwhile.
    return E.isLeft(moved) && origins.has(pid) ? move(pid, managed) : moved;
  };

  const pids = async (): Promise<Either<string, readonly number[]>> => {
    const text = await attempt(procs, () => files.readText(procs));
    if (E.isLeft(text)) return isGone(text.left) ? E.right([]) : E.left(text.left.message);
    return E.mapLeft(showParseError)(parsePids(procs, text.right));
  };

  const removeOnce = async (origins: Members): Promise<Either<string, void>> => {
    const failures: string[] = [];
    // First of all, so that whoever is in it runs freely, also if nothing else works. A failure stops nothing:
    // to be moved out is as good.
    const lifted = await write(high, NO_LIMIT);
    if (E.isLeft(lifted)) failures.push(lifted.left.message);
    const inside = await pids();
    if (E.isLeft(inside)) failures.push(inside.left);
    for (const pid of E.isRight(inside) ? inside.right : []) {
      const moved = await moveBack(pid, origins);
      if (E.isLeft(moved)) failures.push(`pid ${pid}: ${moved.left.message}`);
    }
    const removed = await attempt(throttleCgroup, () => files.removeDirectory(throttleCgroup));
    if (E.isRight(removed) || isGone(removed.left)) return E.right(undefined);
    return E.left([...failures, removed.left.message].join('; '));
  };

  return {
    make: async (allowanceBytes) => {
      const made = await attempt(throttleCgroup, () => files.makeDirectory(throttleCgroup));
      // One that is there was left by a monitor that died; it serves as well.
      if (E.isLeft(made) && made.left.code !== 'EEXIST') return E.left(made.left.message);
      const limited = await write(high, limitText(allowanceBytes));
      if (E.isLeft(limited) && isGone(limited.left)) return E.left(`${limited.left.message}; ${NO_CONTROLLER}`);
      return inWords(limited);
    },
    put: async (pid) => inWords(await move(pid, throttleCgroup)),
    pids,
    letGo: async (pid, origins) => inWords(await moveBack(pid, origins)),
    remove: async (origins) => {
      for (let round = 1; ; round += 1) {
        const removed = await removeOnce(origins);
        if (E.isRight(removed) || round === EMPTY_ROUNDS) return removed;
        await sleep(EMPTY_ROUND_MS);
      }
    },
  };
};
