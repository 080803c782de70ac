/**
 * Step 2 of protection: the processes that grow are moved into the throttle cgroup, so that their new memory comes
 * slowly while a grant is under way. Commands run one after another, so an end that comes during a start
 * undoes all of it.
 */
import { relative } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { createQueue } from '../../../shared/queue';
import { isInside, ownCgroup } from '../../own-process';
import type { ActuatorFiles } from '../files';
import type { IntentRecords } from '../intent-records';
import type { ProtectionPaths } from '../paths';
import { type BlockedWatchOptions, watchBlocked } from './blocked-watch';
import { type ThrottleCgroup, createThrottleCgroup } from './throttle-cgroup';
import type { Members } from '../processes/cgroup-members';
import { coresTogether, type ProcessGrowth } from '../processes/growth';
import { findFastestGrowing } from './fastest-growing';
import { surveyGrowth } from '../processes/survey';
import { MAX_WAITING_COMMANDS } from '../attempt';

export interface ThrottledProcess {
  readonly pid: number;
  /** When it was chosen; what it grows by since is what the throttle cgroup lets through. */
  readonly growthBytesPerS: number;
}

export interface Throttle {
  /**
   * Finds the fastest-growing backends and throttles them: together they may allocate about `allowanceBytes` more, and hardly
   * anything beyond it. Left: why not, and then nothing is throttled; where it says "not undone", end() goes on
   * with that.
   */
  start(options: {
    readonly allowanceBytes: number;
  }): Promise<Either<string, { readonly processes: readonly ThrottledProcess[] }>>;
  /**
   * Releases all and removes the throttle cgroup; `throttledMs` is 0 when nothing was throttled. Left: what is left of it; the
   * limit is lifted and most are out, and it may be called again.
   */
  end(): Promise<Either<string, { readonly throttledMs: number }>>;
  /** Releases one; the others stay. No error for one that is not throttled. */
  letGo(pid: number): Promise<Either<string, void>>;
  readonly held: () => readonly ThrottledProcess[];
}

export interface ThrottleOptions extends Pick<BlockedWatchOptions, 'countWaiting' | 'onBlocked'> {
  readonly paths: ProtectionPaths;
  readonly cgroupRoot: string;
  readonly procRoot: string;
  readonly files: ActuatorFiles;
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

type Roots = Pick<ThrottleOptions, 'cgroupRoot' | 'procRoot'>;

/** Rule R13: a monitor in the managed cgroup would slow itself, if it grows, and could not lift it. */
const weLiveOutside = async (managed: string, { cgroupRoot, procRoot }: Roots): Promise<Either<string, void>> => {
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
const plan = async (
  throttleCgroup: ThrottleCgroup,
  { paths, ...roots }: ThrottleOptions,
): Promise<Either<string, Plan>> => {
  const outside = await weLiveOutside(paths.managed, roots);
  if (E.isLeft(outside)) return outside;
  const nobody = await nobodyElseIn(throttleCgroup, paths.throttleCgroup);
  if (E.isLeft(nobody)) return nobody;
  const surveyed = await surveyGrowth(paths.managed, roots.procRoot);
  if (E.isLeft(surveyed)) return surveyed;
  const fastest = await findFastestGrowing(surveyed.right, roots.procRoot);
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

const TOO_MANY = `more than ${MAX_WAITING_COMMANDS} commands wait already`;

export const createThrottle = (options: ThrottleOptions): Throttle => {
  const { records } = options;
  const throttleCgroup = createThrottleCgroup(options.files, options.paths);
  const queue = createQueue(MAX_WAITING_COMMANDS);
  let held: Held | null = null;

  const release = async (origins: Members): Promise<Either<string, void>> => {
    const removed = await throttleCgroup.remove(origins);
    if (E.isLeft(removed)) return removed;
    // If we die here, the next start finds an intent record of a throttle cgroup that is gone, and clears it.
    const cleared = await records.record({ throttleCgroup: null });
    if (E.isRight(cleared)) held = null;
    return cleared;
  };

  const start = async (allowanceBytes: number): Promise<Started> => {
    if (held !== null) return E.left('a throttle is under way already');
    const planned = await plan(throttleCgroup, options);
    if (E.isLeft(planned)) return planned;
    const { fastest, origins, othersCores } = planned.right;
    const noted = await records.record({ throttleCgroup: origins });
    if (E.isLeft(noted)) return noted;
    // From here on there is something to undo, for us or, if we die, for the watchdog process and the next start.
    const now: Held = { sinceMs: performance.now(), origins, processes: [], stopWatch: () => undefined };
    held = now;
    const filled = await fill(throttleCgroup, fastest, allowanceBytes);
    if (E.isRight(filled)) {
      now.processes = filled.right.processes;
      const pids = (): readonly number[] => now.processes.map(({ pid }) => pid);
      now.stopWatch = watchBlocked({ pids, othersCores }, { ...options, managed: options.paths.managed });
      return filled;
    }
    const undone = await release(origins);
    return E.left(E.isLeft(undone) ? `${filled.left}; and not undone: ${undone.left}` : filled.left);
  };

  const end = async (): Promise<Either<string, { throttledMs: number }>> => {
    if (held === null) return E.right({ throttledMs: 0 });
    const { sinceMs, origins, stopWatch } = held;
    stopWatch();
    const released = await release(origins);
    return E.isLeft(released) ? released : E.right({ throttledMs: Math.round(performance.now() - sinceMs) });
  };

  const letGo = async (pid: number): Promise<Either<string, void>> => {
    if (held === null || !held.origins.has(pid)) return E.right(undefined);
    const moved = await throttleCgroup.letGo(pid, held.origins);
    if (E.isRight(moved)) held.processes = held.processes.filter((process) => process.pid !== pid);
    return moved;
  };

  const inTurn = async <A>(work: () => Promise<Either<string, A>>): Promise<Either<string, A>> =>
    (await queue.run(work)) ?? E.left(TOO_MANY);

  return {
    start: ({ allowanceBytes }) => inTurn(() => start(allowanceBytes)),
    end: () => inTurn(end),
    letGo: (pid) => inTurn(() => letGo(pid)),
    held: () => held?.processes ?? [],
  };
};
