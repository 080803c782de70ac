/**
 * The actuators of protection, put together: one watchdog process, the intent records, and what writes under
 * their eyes. There are none where nothing may be written (--protect observe, no cgroup).
 */
import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/Either';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import { CgroupLimits } from './cgroup-limits';
import { lookForForeign } from './foreign-look';
import { Watchdog } from './watchdog';
import {
  createCanceller,
  createThrottle,
  createShmCap,
  type Canceller,
  type CountWaiting,
  type Throttle,
  type ShmCap,
} from './throttle';
import { IntentRecords, type Watchkeeper } from './intent-records';
import type { Leftovers } from './leftovers';
import type { ProtectionPaths } from './paths';
import { MACHINE, type Reach } from './reach';

export interface ProtectionActuators {
  readonly limits: CgroupLimits;
  readonly throttle: Throttle;
  readonly shmCap: ShmCap;
  readonly canceller: Canceller;
  /** Whom to ask whether sessions wait for those who are throttled; nobody until this is called. */
  askServer(countWaiting: CountWaiting): void;
  /** Looks for other writers of our limits at once; each second it is done anyway. */
  checkForeign(): void;
  /** Undoes all that is in place, then lets the watchdog process end. */
  stop(): Promise<void>;
}

export interface ProtectionOptions {
  readonly paths: ProtectionPaths;
  readonly cgroupRoot: string;
  readonly procRoot: string;
  /** MACHINE; another one in tests. */
  readonly reach?: Omit<Reach, 'undoFiles'>;
  /** Nothing is put in place before they are undone. */
  readonly leftovers?: Pick<Leftovers, 'pending'>;
  /** Events that no command asked for. */
  readonly emit: (event: InputEvent) => void;
  /** For the operator, at the start. */
  readonly warn: (line: string) => void;
}

/** Stands in for a watchdog process that cannot be had: nothing is put in place. */
const noGuard = (reason: string): Watchkeeper => ({
  watch: () => Promise.resolve(E.left(reason)),
  rest: () => undefined,
});

interface Put {
  readonly limits: CgroupLimits;
  readonly throttle: Throttle;
  readonly shmCap: ShmCap;
}

const undoAll = async ({ limits, throttle, shmCap }: Put): Promise<void> => {
  await Promise.all([limits.liftAll(), throttle.end(), shmCap.remove()]);
};

/** Never rejects: without a watchdog process the actuators are there, and each act returns why it does nothing (rule R9). */
export const createActuators = async (options: ProtectionOptions): Promise<ProtectionActuators> => {
  const { paths, procRoot, cgroupRoot, emit, warn } = options;
  const { files, sharedMemoryMount } = options.reach ?? MACHINE;
  const session = randomUUID();
  const watchdog = await Watchdog.start({
    paths,
    session,
    onLifted: (reason) => {
      void undoAll(put);
      emit({ type: 'watchdog.lifted', reason });
    },
    onLost: (reason) => {
      void undoAll(put);
      emit({ type: 'watchdog.lost', reason });
    },
  });
  if (E.isLeft(watchdog)) warn(watchdog.left);
  const records = new IntentRecords({
    intentFile: paths.intentFile,
    files,
    watchdog: E.isLeft(watchdog) ? noGuard(watchdog.left) : watchdog.right,
    session,
    pending: () => options.leftovers?.pending() ?? null,
  });
  const limits = new CgroupLimits({
    paths,
    files,
    records,
    nowMs: () => performance.now(),
    onForeign: (file, bytes) => {
      emit({ type: 'limit.foreign', file, bytes });
    },
  });
  let countWaiting: CountWaiting = () => Promise.resolve(null);
  const throttle = createThrottle({
    ...{ paths, cgroupRoot, procRoot, files, records },
    countWaiting: (pids) => countWaiting(pids),
    onBlocked: (blocked) => {
      emit({ type: 'throttle.blocked', ...blocked });
    },
  });
  const shmCap = createShmCap({ ...{ paths, procRoot, files, records }, mountPoint: sharedMemoryMount });
  const canceller = createCanceller({ paths, procRoot, throttle, nowMs: () => performance.now() });
  const put: Put = { limits, throttle, shmCap };
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
      if (E.isRight(watchdog)) await watchdog.right.stop();
    },
  };
};
