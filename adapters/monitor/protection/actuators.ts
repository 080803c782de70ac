/**
 * The hands of protection, put together: one guard, one note of what is ours, and what writes under
 * their eyes. There are none where nothing may be written (--protect observe, no cgroup).
 */
import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/Either';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import { CgroupLimits } from './cgroup-limits';
import { lookForForeign } from './foreign-look';
import { Guard } from './watchdog';
import {
  createCanceller,
  createHold,
  createSharedMemory,
  type Canceller,
  type CountWaiting,
  type Hold,
  type SharedMemory,
} from './throttle';
import { IntentLedger, type Watchkeeper } from './intent-records';
import type { Leftovers } from './leftovers';
import type { ProtectionPaths } from './paths';
import { MACHINE, type Reach } from './reach';

export interface ProtectionHands {
  readonly limits: CgroupLimits;
  readonly hold: Hold;
  readonly sharedMemory: SharedMemory;
  readonly canceller: Canceller;
  /** Whom to ask whether sessions wait for those who are throttled; nobody until this is called. */
  askServer(countWaiting: CountWaiting): void;
  /** Looks for other writers of our limits at once; each second it is done anyway. */
  checkForeign(): void;
  /** Undoes all that is in place, then lets the guard go. */
  stop(): Promise<void>;
}

export interface HandsOptions {
  readonly paths: ProtectionPaths;
  readonly cgroupRoot: string;
  readonly procRoot: string;
  /** MACHINE; another one in tests. */
  readonly reach?: Omit<Reach, 'undoFiles'>;
  /** Nothing is put in place before they are undone. */
  readonly leftovers?: Pick<Leftovers, 'pending'>;
  /** Events that no command asked for. */
  readonly tell: (event: InputEvent) => void;
  /** For the operator, at the start. */
  readonly warn: (line: string) => void;
}

/** Stands in for a guard that cannot be had: nothing is put in place. */
const noGuard = (reason: string): Watchkeeper => ({
  watch: () => Promise.resolve(E.left(reason)),
  rest: () => undefined,
});

interface Put {
  readonly limits: CgroupLimits;
  readonly hold: Hold;
  readonly sharedMemory: SharedMemory;
}

const undoAll = async ({ limits, hold, sharedMemory }: Put): Promise<void> => {
  await Promise.all([limits.liftAll(), hold.end(), sharedMemory.restore()]);
};

/** Never rejects: without a guard the hands are there, and each act says why it does nothing (rule R9). */
export const createHands = async (options: HandsOptions): Promise<ProtectionHands> => {
  const { paths, procRoot, cgroupRoot, tell, warn } = options;
  const { files, remount, sharedMemoryMount } = options.reach ?? MACHINE;
  const session = randomUUID();
  const guard = await Guard.start({
    paths,
    session,
    onLifted: (reason) => {
      void undoAll(put);
      tell({ type: 'guard.lifted', reason });
    },
    onLost: (reason) => {
      void undoAll(put);
      tell({ type: 'guard.lost', reason });
    },
  });
  if (E.isLeft(guard)) warn(`protection: nothing will be written: ${guard.left}`);
  const ledger = new IntentLedger({
    intentFile: paths.intentFile,
    files,
    guard: E.isLeft(guard) ? noGuard(guard.left) : guard.right,
    session,
    pending: () => options.leftovers?.pending() ?? null,
  });
  const limits = new CgroupLimits({
    managed: paths.managed,
    files,
    ledger,
    nowMs: () => performance.now(),
    onForeign: (file, bytes) => {
      tell({ type: 'limit.foreign', file, bytes });
    },
  });
  let countWaiting: CountWaiting = () => Promise.resolve(null);
  const hold = createHold({
    ...{ paths, cgroupRoot, procRoot, files, ledger },
    countWaiting: (pids) => countWaiting(pids),
    onBlocked: (blocked) => {
      tell({ type: 'throttle.blocked', ...blocked });
    },
  });
  const sharedMemory = createSharedMemory({ mountPoint: sharedMemoryMount, procRoot, remount, ledger });
  const canceller = createCanceller({ paths, procRoot, hold, nowMs: () => performance.now() });
  const put: Put = { limits, hold, sharedMemory };
  const foreignLook = lookForForeign(paths.managed, limits);
  return {
    ...put,
    canceller,
    askServer: (count) => {
      countWaiting = count;
    },
    checkForeign: () => void limits.checkForeign(),
    stop: async () => {
      await foreignLook.stop();
      await undoAll(put);
      if (E.isRight(guard)) await guard.right.stop();
    },
  };
};
