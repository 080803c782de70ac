/**
 * Step 4 of protection: the statement that is to blame (blame.ts) is cancelled by SIGINT, as pg_cancel_backend()
 * does it: one SQL error (57014) instead of a restart of all. Only backends of clients, their parallel workers and
 * autovacuum workers, only if they are who they were when they were chosen, and never one that commits.
 *
 * If we die at any point: either the signal was sent or it was not; nothing is left to undo.
 */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { attemptSync, inWords } from '../attempt';
import type { ProtectionPaths } from '../paths';
import { type Blame, blameFor } from '../processes/blame';
import type { Throttle } from '../throttle/throttle';
import { leaderOf, whyNotCancelled } from '../processes/postgres-titles';
import { isSameProcess, type ProcessIdentity, readIdentity } from '../processes/process-identity';
import { chooseSuspect } from './suspects';
import { survey } from '../processes/survey';
import { SECOND_MS } from '../../../../machines/shared/units';

/**
 * A cancelled statement gives memory back within 0.3 s, but one whose pages are being reclaimed took 1 s. Meanwhile
 * nobody is cancelled only for being large: that would be a second error for the same session, or one for another.
 */
const GIVE_BACK_MS = 5 * SECOND_MS;

export interface CancellerOptions {
  readonly paths: ProtectionPaths;
  readonly procRoot: string;
  readonly throttle: Pick<Throttle, 'held' | 'letGo'>;
  /** Monotonic. */
  readonly nowMs: () => number;
}

/**
 * Everyone who works at the target's statement is let out of the throttle cgroup first: some kernels slow a
 * dying task too (before commit 63fd327016fd), and a leader waits for its workers to end.
 */
const letGoOfStatement = async (
  target: ProcessIdentity,
  { throttle, procRoot }: CancellerOptions,
): Promise<Either<string, void>> => {
  for (const { pid } of throttle.held) {
    const held = await readIdentity(procRoot, pid);
    if (E.isLeft(held)) return held;
    if (held.right === undefined || leaderOf(held.right) !== leaderOf(target)) continue;
    const letGo = await throttle.letGo(pid);
    if (E.isLeft(letGo)) return letGo;
  }
  return E.right(undefined);
};

/**
 * Who it is and what it does is read once more right before the signal. What changes between these two calls is not
 * seen: a pid that is given to another process (the kernel gives out all others first), or a commit that begins.
 */
const interrupt = async (target: ProcessIdentity, procRoot: string): Promise<Either<string, void>> => {
  const now = await readIdentity(procRoot, target.pid);
  if (E.isLeft(now)) return now;
  if (now.right === undefined) return E.left(`pid ${target.pid} has ended by itself`);
  if (!isSameProcess(now.right, target)) return E.left(`pid ${target.pid} is not the process that was chosen any more`);
  const spared = whyNotCancelled(now.right.title);
  if (spared !== null) return E.left(`pid ${target.pid} may not be cancelled any more: ${spared}`);
  return E.map(() => undefined)(
    inWords(attemptSync(`SIGINT to pid ${target.pid}`, () => process.kill(target.pid, 'SIGINT'))),
  );
};

/** Cancels one statement a call; how often is the core's to decide. */
export class Canceller {
  #last: { readonly pid: number; readonly atMs: number } | null = null;

  constructor(private readonly options: CancellerOptions) {}

  /** Left: no statement is to be cancelled, or we may not. */
  async cancel(): Promise<Either<string, { readonly pid: number; readonly anonBytes: number }>> {
    const { paths, procRoot, throttle, nowMs } = this.options;
    const surveyed = await survey([paths.managed, paths.throttleCgroup], procRoot);
    if (E.isLeft(surveyed)) return surveyed;
    const blame = blameFor(surveyed.right.processes, throttle.held);
    const may = this.#mayCancel(blame);
    if (E.isLeft(may)) return may;
    const target = await chooseSuspect(blame, surveyed.right, procRoot);
    if (E.isLeft(target)) return target;
    const { identity, process } = target.right;
    const letGo = await letGoOfStatement(identity, this.options);
    if (E.isLeft(letGo)) return letGo;
    const interrupted = await interrupt(identity, procRoot);
    if (E.isLeft(interrupted)) return interrupted;
    this.#last = { pid: identity.pid, atMs: nowMs() };
    return E.right({ pid: identity.pid, anonBytes: process.anonBytes });
  }

  #mayCancel({ byGrowth }: Blame): Either<string, void> {
    const last = this.#last;
    if (byGrowth || last === null || this.options.nowMs() - last.atMs >= GIVE_BACK_MS) return E.right(undefined);
    return E.left(`nobody grows, and pid ${last.pid}, whose statement was cancelled, may still give memory back`);
  }
}
