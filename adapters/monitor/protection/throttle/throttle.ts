/**
 * Step 2 of protection: the processes that grow are held in the brake, so that their new memory comes
 * slowly while a grant is under way. Commands run one after another, so an end that comes during a start
 * undoes all of it.
 */
import { relative } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { createQueue } from '../../../shared/queue';
import { isInside, ownCgroup } from '../../own-process';
import type { HandFiles } from '../files';
import type { IntentLedger } from '../intent-records';
import type { ProtectionPaths } from '../paths';
import { type BlockedWatchOptions, watchBlocked } from './blocked-watch';
import { type Brake, createBrake } from './throttle-cgroup';
import type { Members } from '../processes/cgroup-members';
import { coresTogether, type ProcessGrowth } from '../processes/growth';
import { findGrowers } from './fastest-growing';
import { MAX_WAITING } from './limits';
import { surveyGrowth } from '../processes/survey';

export interface HeldProcess {
  readonly pid: number;
  /** When it was chosen; what it grows by since is what the brake lets through. */
  readonly growthBytesPerS: number;
}

export interface Hold {
  /**
   * Finds the growers and holds them: together they may allocate about `allowanceBytes` more, and hardly
   * anything beyond it. Left: why not, and then nothing is held; where it says "not undone", end() goes on
   * with that.
   */
  start(options: {
    readonly allowanceBytes: number;
  }): Promise<Either<string, { readonly processes: readonly HeldProcess[] }>>;
  /**
   * Lets all go and removes the brake; `heldMs` is 0 when nothing was held. Left: what is left of it; the
   * limit is lifted and most are out, and it may be called again.
   */
  end(): Promise<Either<string, { readonly heldMs: number }>>;
  /** Lets one go; the others stay. No error for one that is not held. */
  letGo(pid: number): Promise<Either<string, void>>;
  readonly held: () => readonly HeldProcess[];
}

export interface HoldOptions extends Pick<BlockedWatchOptions, 'countWaiting' | 'onBlocked'> {
  readonly paths: ProtectionPaths;
  readonly cgroupRoot: string;
  readonly procRoot: string;
  readonly files: HandFiles;
  /** Notes who is in the brake before anyone is; it also sees to it that the guard is in force. */
  readonly ledger: Pick<IntentLedger, 'note'>;
}

interface Held {
  readonly sinceMs: number;
  readonly origins: Members;
  processes: readonly HeldProcess[];
  /** Ends the look for those who wait for them. */
  stopWatch: () => void;
}

type Started = Either<string, { readonly processes: readonly HeldProcess[] }>;

type Roots = Pick<HoldOptions, 'cgroupRoot' | 'procRoot'>;

/** Rule R13: a monitor in the managed cgroup would slow itself, if it grows, and could not lift it. */
const weLiveOutside = async (managed: string, { cgroupRoot, procRoot }: Roots): Promise<Either<string, void>> => {
  const own = await ownCgroup(procRoot);
  // A path that cannot be told is not below the mount where the managed cgroup lies.
  if (E.isLeft(own) || !isInside(relative(cgroupRoot, managed), own.right)) return E.right(undefined);
  return E.left(`vm-monitor itself runs inside ${managed} (${own.right}): start it in another cgroup`);
};

const nobodyElseIn = async (brake: Brake, path: string): Promise<Either<string, void>> => {
  const inside = await brake.pids();
  if (E.isLeft(inside)) return inside;
  if (inside.right.length === 0) return E.right(undefined);
  return E.left(`${path} holds ${inside.right.length} processes that are not ours; expected none (vm-monitor thaw)`);
};

interface Plan {
  readonly growers: readonly ProcessGrowth[];
  readonly origins: Members;
  /** What all others in the cgroup used of the CPUs; null: not known. */
  readonly othersCores: number | null;
}

/** Whom to hold, and where each comes from. Writes nothing. */
const plan = async (brake: Brake, { paths, ...roots }: HoldOptions): Promise<Either<string, Plan>> => {
  const outside = await weLiveOutside(paths.managed, roots);
  if (E.isLeft(outside)) return outside;
  const nobody = await nobodyElseIn(brake, paths.brake);
  if (E.isLeft(nobody)) return nobody;
  const surveyed = await surveyGrowth(paths.managed, roots.procRoot);
  if (E.isLeft(surveyed)) return surveyed;
  const growers = await findGrowers(surveyed.right, roots.procRoot);
  if (E.isLeft(growers)) return growers;
  const origins = new Map(growers.right.map(({ pid }) => [pid, surveyed.right.members.get(pid) ?? paths.managed]));
  const others = surveyed.right.processes.filter(({ pid }) => !origins.has(pid));
  return E.right({ growers: growers.right, origins, othersCores: coresTogether(others) });
};

/** Limits the brake first and fills it then. Right: those that are in it. */
const fill = async (brake: Brake, growers: readonly ProcessGrowth[], allowanceBytes: number): Promise<Started> => {
  const made = await brake.make(allowanceBytes);
  if (E.isLeft(made)) return made;
  for (const { pid } of growers) {
    const put = await brake.put(pid);
    if (E.isLeft(put)) return put;
  }
  const inside = await brake.pids();
  if (E.isLeft(inside)) return inside;
  const processes = growers
    .filter(({ pid }) => inside.right.includes(pid))
    .map(({ pid, growthBytesPerS }) => ({ pid, growthBytesPerS }));
  return processes.length === 0 ? E.left('none of the growers stayed in the brake') : E.right({ processes });
};

const TOO_MANY = `more than ${MAX_WAITING} commands wait already`;

export const createHold = (options: HoldOptions): Hold => {
  const { ledger } = options;
  const brake = createBrake(options.files, options.paths);
  const queue = createQueue(MAX_WAITING);
  let held: Held | null = null;

  const release = async (origins: Members): Promise<Either<string, void>> => {
    const removed = await brake.remove(origins);
    if (E.isLeft(removed)) return removed;
    // If we die here, the next start finds a note of a brake that is gone, and clears it.
    const cleared = await ledger.note({ brake: null });
    if (E.isRight(cleared)) held = null;
    return cleared;
  };

  const start = async (allowanceBytes: number): Promise<Started> => {
    if (held !== null) return E.left('a hold is under way already');
    const planned = await plan(brake, options);
    if (E.isLeft(planned)) return planned;
    const { growers, origins, othersCores } = planned.right;
    const noted = await ledger.note({ brake: origins });
    if (E.isLeft(noted)) return noted;
    // From here on there is something to undo, for us or, if we die, for the guard and the next start.
    const now: Held = { sinceMs: performance.now(), origins, processes: [], stopWatch: () => undefined };
    held = now;
    const filled = await fill(brake, growers, allowanceBytes);
    if (E.isRight(filled)) {
      now.processes = filled.right.processes;
      const pids = (): readonly number[] => now.processes.map(({ pid }) => pid);
      now.stopWatch = watchBlocked({ pids, othersCores }, { ...options, managed: options.paths.managed });
      return filled;
    }
    const undone = await release(origins);
    return E.left(E.isLeft(undone) ? `${filled.left}; and not undone: ${undone.left}` : filled.left);
  };

  const end = async (): Promise<Either<string, { heldMs: number }>> => {
    if (held === null) return E.right({ heldMs: 0 });
    const { sinceMs, origins, stopWatch } = held;
    stopWatch();
    const released = await release(origins);
    return E.isLeft(released) ? released : E.right({ heldMs: Math.round(performance.now() - sinceMs) });
  };

  const letGo = async (pid: number): Promise<Either<string, void>> => {
    if (held === null || !held.origins.has(pid)) return E.right(undefined);
    const moved = await brake.letGo(pid, held.origins);
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
