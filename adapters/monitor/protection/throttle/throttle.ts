/**
 * Step 2 of protection: the processes that grow are moved into the throttle cgroup, so that their new memory comes
 * slowly while a grant is under way. Commands run one after another, so an end that comes during a start
 * undoes all of it.
 */
import { relative } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { isInside, ownCgroup } from '../../own-process';
import { commandTurns } from '../attempt';
import type { IntentRecords } from '../intent-records';
import type { ReleaseBy } from '../undo-steps';
import { type BlockedWatchOptions, watchBlocked } from './blocked-watch';
import { ThrottleCgroup } from './throttle-cgroup';
import type { Members } from '../processes/cgroup-members';
import { coresTogether, type ProcessGrowth } from '../processes/growth';
import { findFastestGrowing } from './fastest-growing';
import { surveyGrowth } from '../processes/survey';

export interface ThrottledProcess {
  readonly pid: number;
  /** When it was chosen; what it grows by since is what the throttle cgroup lets through. */
  readonly growthBytesPerS: number;
}

export interface ThrottleOptions extends ReleaseBy, Pick<BlockedWatchOptions, 'countWaiting' | 'onBlocked'> {
  readonly cgroupRoot: string;
  readonly procRoot: string;
  /** Records who is in the throttle cgroup before anyone is; it also sees to it that the watchdog process is in force. */
  readonly records: Pick<IntentRecords, 'record'>;
}

interface Held {
  readonly sinceMs: number;
  readonly origins: Members;
  processes: readonly ThrottledProcess[];
  /** Ends the look for those who wait for them. */
  stopWatch: () => void;
}

type Started = Either<string, { readonly processes: readonly ThrottledProcess[] }>;

/** Rule R13: a monitor in the managed cgroup would slow itself, if it grows, and could not lift it. */
const weLiveOutside = async ({ paths, cgroupRoot, procRoot }: ThrottleOptions): Promise<Either<string, void>> => {
  const { managed } = paths;
  const own = await ownCgroup(procRoot);
  // A path that is not known is not below the mount where the managed cgroup lies.
  if (E.isLeft(own) || !isInside(relative(cgroupRoot, managed), own.right)) return E.right(undefined);
  return E.left(`vm-monitor itself runs inside ${managed} (${own.right}): start it in another cgroup`);
};

const nobodyElseIn = async (throttleCgroup: ThrottleCgroup, path: string): Promise<Either<string, void>> => {
  const inside = await throttleCgroup.pids();
  if (E.isLeft(inside)) return inside;
  if (inside.right.length === 0) return E.right(undefined);
  return E.left(`${path} holds ${inside.right.length} processes that are not ours; expected none (vm-monitor thaw)`);
};

interface Plan {
  readonly fastest: readonly ProcessGrowth[];
  readonly origins: Members;
  /** What all others in the cgroup used of the CPUs; null: not known. */
  readonly othersCores: number | null;
}

/** Whom to throttle, and where each comes from. Writes nothing. */
const plan = async (throttleCgroup: ThrottleCgroup, options: ThrottleOptions): Promise<Either<string, Plan>> => {
  const { paths, procRoot } = options;
  const outside = await weLiveOutside(options);
  if (E.isLeft(outside)) return outside;
  const nobody = await nobodyElseIn(throttleCgroup, paths.throttleCgroup);
  if (E.isLeft(nobody)) return nobody;
  const surveyed = await surveyGrowth(paths.managed, procRoot);
  if (E.isLeft(surveyed)) return surveyed;
  const fastest = await findFastestGrowing(surveyed.right, procRoot);
  if (E.isLeft(fastest)) return fastest;
  const origins = new Map(fastest.right.map(({ pid }) => [pid, surveyed.right.members.get(pid) ?? paths.managed]));
  const others = surveyed.right.processes.filter(({ pid }) => !origins.has(pid));
  return E.right({ fastest: fastest.right, origins, othersCores: coresTogether(others) });
};

/** Limits the throttle cgroup first and fills it then. Right: those that are in it. */
const fill = async (
  throttleCgroup: ThrottleCgroup,
  fastest: readonly ProcessGrowth[],
  allowanceBytes: number,
): Promise<Started> => {
  const made = await throttleCgroup.make(allowanceBytes);
  if (E.isLeft(made)) return made;
  for (const { pid } of fastest) {
    const put = await throttleCgroup.put(pid);
    if (E.isLeft(put)) return put;
  }
  const inside = await throttleCgroup.pids();
  if (E.isLeft(inside)) return inside;
  const processes = fastest
    .filter(({ pid }) => inside.right.includes(pid))
    .map(({ pid, growthBytesPerS }) => ({ pid, growthBytesPerS }));
  return processes.length === 0
    ? E.left('none of the fastest-growing backends stayed in the throttle cgroup')
    : E.right({ processes });
};

export class Throttle {
  readonly #cgroup: ThrottleCgroup;
  readonly #inTurn = commandTurns();
  #held: Held | null = null;

  constructor(private readonly options: ThrottleOptions) {
    this.#cgroup = new ThrottleCgroup(options);
  }

  get held(): readonly ThrottledProcess[] {
    return this.#held?.processes ?? [];
  }

  /**
   * Finds the fastest-growing backends and throttles them: together they may allocate about `allowanceBytes` more, and
   * hardly anything beyond it. Left: why not, and then nothing is throttled; where it says "not undone", end() goes on
   * with that.
   */
  start({ allowanceBytes }: { readonly allowanceBytes: number }): Promise<Started> {
    return this.#inTurn(() => this.#start(allowanceBytes));
  }

  /**
   * Releases all and removes the throttle cgroup; `throttledMs` is 0 when nothing was throttled. Left: what is left of
   * it; the limit is lifted and most are out, and it may be called again.
   */
  end(): Promise<Either<string, { readonly throttledMs: number }>> {
    return this.#inTurn(async () => {
      if (this.#held === null) return E.right({ throttledMs: 0 });
      const { sinceMs, origins, stopWatch } = this.#held;
      stopWatch();
      const released = await this.#release(origins);
      return E.map(() => ({ throttledMs: Math.round(performance.now() - sinceMs) }))(released);
    });
  }

  /** Releases one; the others stay. No error for one that is not throttled. */
  letGo(pid: number): Promise<Either<string, void>> {
    return this.#inTurn(async () => {
      const held = this.#held;
      if (!held?.origins.has(pid)) return E.right(undefined);
      const moved = await this.#cgroup.letGo(pid, held.origins);
      if (E.isRight(moved)) held.processes = held.processes.filter((process) => process.pid !== pid);
      return moved;
    });
  }

  async #start(allowanceBytes: number): Promise<Started> {
    const { options } = this;
    if (this.#held !== null) return E.left('a throttle is under way already');
    const planned = await plan(this.#cgroup, options);
    if (E.isLeft(planned)) return planned;
    const { fastest, origins, othersCores } = planned.right;
    const noted = await options.records.record({ throttleCgroup: origins });
    if (E.isLeft(noted)) return noted;
    // From here on there is something to undo, for us or, if we die, for the watchdog process and the next start.
    const now: Held = { sinceMs: performance.now(), origins, processes: [], stopWatch: () => undefined };
    this.#held = now;
    const filled = await fill(this.#cgroup, fastest, allowanceBytes);
    if (E.isRight(filled)) {
      now.processes = filled.right.processes;
      const pids = (): readonly number[] => now.processes.map(({ pid }) => pid);
      now.stopWatch = watchBlocked({ pids, othersCores }, { ...options, managed: options.paths.managed });
      return filled;
    }
    const undone = await this.#release(origins);
    return E.left(E.isLeft(undone) ? `${filled.left}; and not undone: ${undone.left}` : filled.left);
  }

  async #release(origins: Members): Promise<Either<string, void>> {
    const removed = await this.#cgroup.remove(origins);
    if (E.isLeft(removed)) return removed;
    // If we die here, the next start finds an intent record of a throttle cgroup that is gone, and clears it.
    const cleared = await this.options.records.record({ throttleCgroup: null });
    if (E.isRight(cleared)) this.#held = null;
    return cleared;
  }
}
