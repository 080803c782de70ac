/**
 * Looks, while processes are throttled, whether others wait for them: a process that stands still keeps its locks. The
 * server is asked where there is a connection to it; the CPU time of the others serves where there is none, and for what the
 * server cannot report. What follows from it is the statechart's to decide.
 */
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { parseCpuUsage } from '../../kernel/parse/cpu-stat';
import { attempt, parsed } from '../attempt';
import type { ActuatorFiles } from '../files';
import { createOthersCpu } from './others-cpu';

/** Between two looks whether others wait for the throttled ones; a query of the server takes 1 to 10 ms. */
const BLOCKED_LOOK_MS = 250;

export interface Blocked {
  /** Sessions that wait for a lock of a throttled one; null: shown by the others' CPU time. */
  readonly waiting: number | null;
  readonly reason: string;
}

/**
 * How many sessions wait for a lock that one of these processes has, within its own deadline. Null: nobody can be asked.
 * Left: no answer.
 */
export type CountWaiting = (pids: readonly number[]) => Promise<Either<string, number> | null>;

export interface BlockedWatchOptions {
  /** Directory of the managed cgroup. */
  readonly managed: string;
  readonly files: Pick<ActuatorFiles, 'readText'>;
  readonly countWaiting: CountWaiting;
  /** Once at most. */
  readonly onBlocked: (blocked: Blocked) => void;
}

/** What is throttled at this moment, and what the others used before. */
export interface Throttled {
  readonly pids: () => readonly number[];
  readonly othersCores: number | null;
}

/** @returns ends it; nothing is reported after that */
export const watchBlocked = ({ pids, othersCores }: Throttled, options: BlockedWatchOptions): (() => void) => {
  const { managed, files, countWaiting, onBlocked } = options;
  const standStill = createOthersCpu(othersCores);
  const path = join(managed, 'cpu.stat');
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;

  const byCpu = async (): Promise<Blocked | null> => {
    const usage = parsed(parseCpuUsage, path, await attempt(path, () => files.readText(path)));
    if (E.isLeft(usage)) return null;
    const reason = standStill({ usageUs: usage.right, atMs: performance.now() });
    return reason === null ? null : { waiting: null, reason };
  };

  const byLocks = async (): Promise<Blocked | null> => {
    const counted = await countWaiting(pids());
    if (counted === null || E.isLeft(counted) || counted.right === 0) return null;
    const sessions = counted.right === 1 ? 'session waits' : 'sessions wait';
    return { waiting: counted.right, reason: `${counted.right} ${sessions} for locks of theirs` };
  };

  const look = async (): Promise<void> => {
    const [locks, cpu] = await Promise.all([byLocks(), byCpu()]);
    const blocked = locks ?? cpu;
    if (isOver) return;
    if (blocked !== null) onBlocked(blocked);
    else wait();
  };

  const wait = (): void => {
    timer = setTimeout(() => void look(), BLOCKED_LOOK_MS).unref();
  };

  void byCpu().then(() => {
    if (!isOver) wait();
  });
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
};
