/**
 * The throttle cgroup: a sibling of the managed cgroup with a small memory.high (kernel doc admin-guide/cgroup-v2).
 * Memory stays charged where it was allocated, so a process that is moved here is slowed only in what it
 * allocates from now on, and the rest of Postgres not at all.
 *
 * If we die at any point: the watchdog process and the next start know the directory by its fixed name. They lift its
 * limit, move what is in it back, and remove it, by the same steps as we do. Empty, or with its limit lifted, it harms nobody.
 */
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { showParseError } from '../../../shared/parse/parse-error';
import { attempt, inWords, isGone } from '../attempt';
import type { ActuatorFiles } from '../files';
import { limitText } from '../limit-text';
import type { ProtectionPaths } from '../paths';
import { type Members, parsePids } from '../processes/cgroup-members';
import { release } from '../undo-steps';
import { moveBack } from '../undo-throttle-cgroup';
import { actLive } from '../undoing';

/** The throttle cgroup is emptied again while children appear in it or the kernel still says EBUSY: 0.5 s in all. */
const EMPTY_AGAIN_MS: readonly number[] = Array.from({ length: 19 }, () => 25);

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

export const createThrottleCgroup = (files: ActuatorFiles, paths: ProtectionPaths): ThrottleCgroup => {
  const { throttleCgroup } = paths;
  const high = join(throttleCgroup, 'memory.high');
  const procs = join(throttleCgroup, 'cgroup.procs');

  return {
    make: async (allowanceBytes) => {
      const made = await attempt(throttleCgroup, () => files.makeDirectory(throttleCgroup));
      // One that is there was left by a monitor that died; it serves as well.
      if (E.isLeft(made) && made.left.code !== 'EEXIST') return inWords(made);
      const limited = await attempt(high, () => files.writeKernel(high, limitText(allowanceBytes)));
      if (E.isLeft(limited) && isGone(limited.left)) return E.left(`${limited.left.message}; ${NO_CONTROLLER}`);
      return inWords(limited);
    },
    put: async (pid) => {
      const moved = await attempt(procs, () => files.writeKernel(procs, `${pid}\n`));
      return E.isLeft(moved) && moved.left.code === 'ESRCH' ? E.right(undefined) : inWords(moved);
    },
    pids: async () => {
      const text = await attempt(procs, () => files.readText(procs));
      if (E.isLeft(text)) return isGone(text.left) ? E.right([]) : inWords(text);
      return E.mapLeft(showParseError)(parsePids(procs, text.right));
    },
    letGo: async (pid, origins) => E.map(() => undefined)(await actLive(moveBack(paths, pid, origins), files)),
    remove: (origins) => release('throttle', { files, paths }, () => ({ throttleCgroup: origins }), EMPTY_AGAIN_MS),
  };
};
