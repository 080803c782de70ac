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
import { attempt, inWords, isGone, parsed } from '../attempt';
import { limitText } from '../limit-text';
import { type Members, parsePids } from '../processes/cgroup-members';
import { release, type ReleaseBy } from '../undo-steps';
import { moveBack } from '../undo-throttle-cgroup';
import { actLive } from '../undoing';

/** The throttle cgroup is emptied again while children appear in it or the kernel still says EBUSY: 0.5 s in all. */
const EMPTY_AGAIN_MS: readonly number[] = Array.from({ length: 19 }, () => 25);

/** A cgroup has the files of those controllers that the one above it passes on. */
const NO_CONTROLLER = 'expected the memory controller (+memory in cgroup.subtree_control of the cgroup above)';

export class ThrottleCgroup {
  readonly #procs: string;

  constructor(private readonly by: ReleaseBy) {
    this.#procs = join(by.paths.throttleCgroup, 'cgroup.procs');
  }

  /** Makes the directory and limits it. Left: the kernel does not let us (no memory controller, no permission). */
  async make(allowanceBytes: number): Promise<Either<string, void>> {
    const { files, paths } = this.by;
    const made = await attempt(paths.throttleCgroup, () => files.makeDirectory(paths.throttleCgroup));
    // One that is there was left by a monitor that died; it serves as well.
    if (E.isLeft(made) && made.left.code !== 'EEXIST') return inWords(made);
    const high = join(paths.throttleCgroup, 'memory.high');
    const limited = await attempt(high, () => files.writeKernel(high, limitText(allowanceBytes)));
    if (E.isLeft(limited) && isGone(limited.left)) return E.left(`${limited.left.message}; ${NO_CONTROLLER}`);
    return inWords(limited);
  }

  /** No error for a process that has ended. */
  async put(pid: number): Promise<Either<string, void>> {
    const moved = await attempt(this.#procs, () => this.by.files.writeKernel(this.#procs, `${pid}\n`));
    return E.isLeft(moved) && moved.left.code === 'ESRCH' ? E.right(undefined) : inWords(moved);
  }

  /** Pids that are in it now; none where it is gone. */
  async pids(): Promise<Either<string, readonly number[]>> {
    const text = await attempt(this.#procs, () => this.by.files.readText(this.#procs));
    return E.isLeft(text) && isGone(text.left) ? E.right([]) : parsed(parsePids, this.#procs, text);
  }

  /** Moves one back to where it came from, else to the managed cgroup; no error for one that has ended. */
  async letGo(pid: number, origins: Members): Promise<Either<string, void>> {
    const { files, paths } = this.by;
    return E.map(() => undefined)(await actLive(moveBack(paths, pid, origins), files));
  }

  /** Lifts the limit, moves all back and removes the directory. Right: it is gone. */
  remove(origins: Members): Promise<Either<string, void>> {
    return release('throttle', this.by, () => ({ throttleCgroup: origins }), EMPTY_AGAIN_MS);
  }
}
