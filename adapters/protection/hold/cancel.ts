/**
 * Step 4 of protection: the statement of the largest grower is cancelled by SIGINT, as pg_cancel_backend()
 * does it: one SQL error (57014) instead of a restart of all. Only backends of clients and their parallel
 * workers, and only if they are who they were when they were chosen.
 *
 * If we die at any point: either the signal was sent or it was not; nothing is left to undo.
 */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { fileFailure } from '../../kernel/node-error';
import type { ProtectionPaths } from '../paths';
import type { ProcessGrowth } from './growth';
import type { HeldProcess, Hold } from './hold';
import { GIVE_BACK_MS, MAX_EXAMINED, MIN_GROWTH_BYTES_PER_S } from './limits';
import { isPostgresTitle, leaderOf, mayRunStatement } from './postgres-titles';
import { isSameProcess, type ProcessIdentity, readIdentity } from './process-identity';
import { type Survey, survey } from './survey';

export interface Canceller {
  /** Left: no statement is there to be cancelled, or we may not. */
  cancel(): Promise<Either<string, { readonly pid: number; readonly rssBytes: number }>>;
}

export interface CancellerOptions {
  readonly paths: ProtectionPaths;
  readonly procRoot: string;
  readonly hold: Pick<Hold, 'held' | 'letGo'>;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/**
 * The fastest first, then the largest. One that is held hardly grows any more: it counts with what it
 * grew by when it was chosen. Growth that is mere noise is none.
 */
export const worstFirst = (
  processes: readonly ProcessGrowth[],
  held: readonly HeldProcess[],
): readonly ProcessGrowth[] => {
  const before = new Map(held.map(({ pid, growthBytesPerS }) => [pid, growthBytesPerS]));
  const growth = ({ pid, growthBytesPerS }: ProcessGrowth): number => {
    const fastest = Math.max(growthBytesPerS, before.get(pid) ?? 0);
    return fastest < MIN_GROWTH_BYTES_PER_S ? 0 : fastest;
  };
  return processes
    .map((process) => ({ ...process, growthBytesPerS: growth(process) }))
    .sort((a, b) => b.growthBytesPerS - a.growthBytesPerS || b.rssBytes - a.rssBytes);
};

/** A process of a server, judged by what it runs and who started it and not only by what it calls itself. */
const isBackend = (child: ProcessIdentity, parent: ProcessIdentity): boolean =>
  child.executable === parent.executable && !isPostgresTitle(parent.title) && mayRunStatement(child.title);

/** undefined: it is not to be cancelled. */
const examine = async (
  { pid, parentPid }: ProcessGrowth,
  { members }: Survey,
  procRoot: string,
): Promise<Either<string, ProcessIdentity | undefined>> => {
  if (!members.has(parentPid)) return E.right(undefined);
  const child = await readIdentity(procRoot, pid);
  if (E.isLeft(child)) return child;
  const parent = await readIdentity(procRoot, parentPid);
  if (E.isLeft(parent)) return parent;
  if (child.right?.parentPid !== parentPid || parent.right === undefined) return E.right(undefined);
  return E.right(isBackend(child.right, parent.right) ? child.right : undefined);
};

interface Target {
  readonly identity: ProcessIdentity;
  readonly growth: ProcessGrowth;
}

const chooseTarget = async (
  ranked: readonly ProcessGrowth[],
  surveyed: Survey,
  procRoot: string,
): Promise<Either<string, Target>> => {
  for (const growth of ranked.slice(0, MAX_EXAMINED)) {
    const examined = await examine(growth, surveyed, procRoot);
    if (E.isLeft(examined)) return examined;
    if (examined.right !== undefined) return E.right({ identity: examined.right, growth });
  }
  return E.left(`no statement of a client is among the ${Math.min(ranked.length, MAX_EXAMINED)} largest processes`);
};

/**
 * Everyone who works at the target's statement is let out of the brake first: some kernels slow a
 * dying task too (before commit 63fd327016fd), and a leader waits for its workers to end.
 */
const letGoOfStatement = async (
  target: ProcessIdentity,
  { hold, procRoot }: CancellerOptions,
): Promise<Either<string, void>> => {
  for (const { pid } of hold.held()) {
    const held = await readIdentity(procRoot, pid);
    if (E.isLeft(held)) return held;
    if (held.right === undefined || leaderOf(held.right) !== leaderOf(target)) continue;
    const letGo = await hold.letGo(pid);
    if (E.isLeft(letGo)) return letGo;
  }
  return E.right(undefined);
};

/**
 * Who it is, is read once more right before the signal. A process that ends and whose pid is given to
 * another one between these two calls would still be hit; the kernel gives out all other pids first.
 */
const interrupt = async (target: ProcessIdentity, procRoot: string): Promise<Either<string, void>> => {
  const now = await readIdentity(procRoot, target.pid);
  if (E.isLeft(now)) return now;
  if (now.right === undefined) return E.left(`pid ${target.pid} has ended by itself`);
  if (!isSameProcess(now.right, target)) return E.left(`pid ${target.pid} is not the process that was chosen any more`);
  try {
    process.kill(target.pid, 'SIGINT');
    return E.right(undefined);
  } catch (error) {
    return E.left(fileFailure(`SIGINT to pid ${target.pid}`, error).message);
  }
};

/** Cancels one statement a call; how often is the core's to decide. */
export const createCanceller = (options: CancellerOptions): Canceller => {
  const { paths, procRoot, hold, nowMs } = options;
  let last: { readonly pid: number; readonly atMs: number } | null = null;

  const mayCancel = ({ growth }: Target): Either<string, void> => {
    if (growth.growthBytesPerS > 0 || last === null || nowMs() - last.atMs >= GIVE_BACK_MS) return E.right(undefined);
    return E.left(`nobody grows, and pid ${last.pid}, whose statement was cancelled, may still give memory back`);
  };

  return {
    cancel: async () => {
      const surveyed = await survey([paths.managed, paths.brake], procRoot);
      if (E.isLeft(surveyed)) return surveyed;
      const ranked = worstFirst(surveyed.right.processes, hold.held());
      const target = await chooseTarget(ranked, surveyed.right, procRoot);
      if (E.isLeft(target)) return target;
      const may = mayCancel(target.right);
      if (E.isLeft(may)) return may;
      const { identity, growth } = target.right;
      const letGo = await letGoOfStatement(identity, options);
      if (E.isLeft(letGo)) return letGo;
      const interrupted = await interrupt(identity, procRoot);
      if (E.isLeft(interrupted)) return interrupted;
      last = { pid: identity.pid, atMs: nowMs() };
      return E.right({ pid: identity.pid, rssBytes: growth.rssBytes });
    },
  };
};
