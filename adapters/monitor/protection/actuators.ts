/**
 * The actuators of protection, put together: one watchdog process, the intent records, and what writes under
 * their eyes. There are none where nothing may be written (--protect observe, no cgroup).
 */
import { randomUUID } from 'node:crypto';
import * as E from 'fp-ts/Either';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import { SECOND_MS } from '../../../machines/shared/units';
import { Canceller } from './cancel/cancel';
import { CgroupLimits } from './cgroup-limits';
import { actuatorFiles, type LimitFiles } from './files';
import { IntentRecords, type Watchkeeper } from './intent-records';
import type { Leftovers } from './leftovers';
import type { ProtectionPaths } from './paths';
import { SHARED_MEMORY_MOUNT } from './shm-cap/cap-obstacle';
import { ShmCap } from './shm-cap/shm-cap';
import type { CountWaiting } from './throttle/blocked-watch';
import { Throttle } from './throttle/throttle';
import { type UndoFiles, undoFiles } from './undo-files';
import { Watchdog } from './watchdog';

/**
 * All that protection reaches the machine with, in one place: tests put a fake tree behind it, count its
 * steps, and stop or kill the monitor between any two of them (rule R3).
 */
export interface Reach {
  readonly files: LimitFiles;
  readonly undoFiles: UndoFiles;
  /** Where shared memory is refused. */
  readonly sharedMemoryMount: string;
}

export const MACHINE: Reach = { files: actuatorFiles, undoFiles, sharedMemoryMount: SHARED_MEMORY_MOUNT };

/** Between two looks at limits that somebody else may have set: two small reads. */
const FOREIGN_LOOK_MS = SECOND_MS;

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

/** Never rejects: without a watchdog process the actuators are there, and each act returns why it does nothing (rule R9). */
export const createActuators = async (options: ProtectionOptions): Promise<ProtectionActuators> => {
  const { paths, procRoot, cgroupRoot, emit, warn } = options;
  const { files, sharedMemoryMount } = options.reach ?? MACHINE;
  const session = randomUUID();
  const undoAll = (): Promise<unknown> => Promise.all([limits.liftAll(), throttle.end(), shmCap.remove()]);
  const undoAndTell = (type: 'watchdog.lifted' | 'watchdog.lost') => (reason: string) => {
    void undoAll();
    emit({ type, reason });
  };
  const watchdog = await Watchdog.start({
    ...{ paths, session },
    onLifted: undoAndTell('watchdog.lifted'),
    onLost: undoAndTell('watchdog.lost'),
  });
  if (E.isLeft(watchdog)) warn(watchdog.left);
  const records = new IntentRecords({
    ...{ intentFile: paths.intentFile, files, session },
    watchdog: E.getOrElse(noGuard)(watchdog),
    pending: () => options.leftovers?.pending ?? null,
  });
  const nowMs = (): number => performance.now();
  const limits = new CgroupLimits({
    ...{ paths, files, records, nowMs },
    onForeign: (file, bytes) => {
      emit({ type: 'limit.foreign', file, bytes });
    },
  });
  let countWaiting: CountWaiting = () => Promise.resolve(null);
  const throttle = new Throttle({
    ...{ paths, cgroupRoot, procRoot, files, records },
    countWaiting: (pids) => countWaiting(pids),
    onBlocked: (blocked) => {
      emit({ type: 'throttle.blocked', ...blocked });
    },
  });
  const shmCap = new ShmCap({ ...{ paths, procRoot, files, records }, mountPoint: sharedMemoryMount });
  const looks = setInterval(() => void limits.checkForeign(), FOREIGN_LOOK_MS).unref();
  return {
    ...{ limits, throttle, shmCap },
    canceller: new Canceller({ paths, procRoot, throttle, nowMs }),
    askServer: (count) => {
      countWaiting = count;
    },
    checkForeign: () => void limits.checkForeign(),
    stop: async () => {
      clearInterval(looks);
      await undoAll();
      if (E.isRight(watchdog)) await watchdog.right.stop();
    },
  };
};
