/** Protection as the monitor opens it: first what others left is undone (rule R3), then the actuators are made. */
import { isRight } from 'fp-ts/Either';
import { defer, filter, merge, type Observable, of, Subject } from 'rxjs';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import type { MonitorConfig } from '../config/monitor-config';
import { cgroupPath } from '../kernel/cgroup-root';
import type { Logger } from '../../shared/logging/logger';
import { isInside, ownCgroup } from '../own-process';
import { createActuators, type ProtectionActuators } from './actuators';
import { leftoverEvent, type Leftovers, undoLeftovers } from './leftovers';
import { protectionPaths, type ProtectionPaths } from './paths';
import { MACHINE, type Reach } from './reach';
import { restore, type RestoreJob, restoreSync } from './restore';
import type { Restored } from './undoing';

/**
 * The last moment of the process: however it ends (an uncaught error, process.exit by an embedder), what
 * is in place is undone. One listener serves all monitors of a process.
 */
const undos = new Set<() => void>();

const undoAll = (): void => {
  for (const undo of undos) undo();
};

/** @param undo synchronous, never throws. @returns takes it back */
const undoAtExit = (undo: () => void): (() => void) => {
  if (undos.size === 0) process.on('exit', undoAll);
  undos.add(undo);
  return () => {
    undos.delete(undo);
    if (undos.size === 0) process.off('exit', undoAll);
  };
};

export type { ProtectionActuators } from './actuators';

export interface Protection {
  /** Null: nothing may be written. */
  readonly actuators: ProtectionActuators | null;
  /** Directory of the cgroup into which a throttle moves processes. */
  readonly throttleCgroup: string | null;
  /** What the actuators report unasked. */
  readonly events: Observable<InputEvent>;
  /** Undoes all that is in place. */
  stop(): Promise<void>;
}

const NONE: Protection = {
  actuators: null,
  throttleCgroup: null,
  events: new Subject<InputEvent>(),
  stop: () => Promise.resolve(),
};

/**
 * The settings as far as they can be had: a monitor that lives inside the managed cgroup would slow
 * itself down by any limit, so there it only observes (rule R13).
 */
export const withSafeProtection = async (config: MonitorConfig, logger: Logger): Promise<MonitorConfig> => {
  if (config.cgroup === null || config.protect === 'observe') return config;
  const own = await ownCgroup(config.procRoot);
  if (!isRight(own) || !isInside(config.cgroup, own.right)) return config;
  logger.warn('protection reduced', {
    protect: config.protect,
    reason: `the monitor itself runs in ${own.right}, inside the managed cgroup ${config.cgroup}; start it in a cgroup of its own`,
  });
  return { ...config, protect: 'observe' };
};

const logRestored = (logger: Logger, { lifted, notes, failed }: Restored): void => {
  for (const detail of notes) logger.warn('protection note', { detail });
  for (const detail of lifted) logger.warn('leftover undone', { detail });
  for (const detail of failed) logger.error('leftover not undone', { detail });
};

const pathsOf = ({ cgroup, cgroupRoot, runtimeDir }: MonitorConfig): ProtectionPaths | null => {
  if (cgroup === null) return null;
  const managed = cgroupPath(cgroupRoot, cgroup);
  return isRight(managed) ? protectionPaths(managed.right, runtimeDir) : null;
};

interface Begun {
  readonly leftovers: Leftovers;
  readonly events: Observable<InputEvent>;
  readonly emit: (event: InputEvent) => void;
}

/** Undoes what others have left, now or, what cannot be undone yet, later. */
const begin = async (job: RestoreJob, logger: Logger): Promise<Begun> => {
  const told = new Subject<InputEvent>();
  const emit = (event: InputEvent): void => {
    told.next(event);
  };
  const sayRestored = (restored: Restored): void => {
    logRestored(logger, restored);
  };
  const atStart = await restore(job);
  sayRestored(atStart);
  const leftovers = undoLeftovers({ job, atStart, report: sayRestored, emit });
  // At the start nobody could listen yet.
  const stillLeft = defer(() => of(leftoverEvent(leftovers)).pipe(filter((event) => event !== undefined)));
  return { leftovers, events: merge(stillLeft, told), emit };
};

/** Never rejects. Before anything else of a start. */
export const openProtection = async (
  config: MonitorConfig,
  logger: Logger,
  reach: Reach = MACHINE,
): Promise<Protection> => {
  const paths = pathsOf(config);
  if (paths === null) return NONE;
  const { undoFiles } = reach;
  const mayWrite = config.protect !== 'observe';
  const job: RestoreJob = { paths, files: undoFiles, mode: mayWrite ? 'start' : 'ours' };
  const { leftovers, events, emit } = await begin(job, logger);
  const stopLeftovers = (): Promise<void> => {
    leftovers.stop();
    return Promise.resolve();
  };
  if (!mayWrite) return { ...NONE, events, stop: stopLeftovers };
  const { cgroupRoot, procRoot } = config;
  const warn = (reason: string): void => {
    logger.warn('protection stopped', { reason });
  };
  const actuators = await createActuators({ paths, cgroupRoot, procRoot, reach, leftovers, emit, warn });
  // The intent record stays: Node still carries out what waits for a thread after this, and the watchdog process undoes it by the intent record.
  const forgetExit = undoAtExit(() => {
    restoreSync({ paths, files: { ...undoFiles, removeFile: () => undefined }, mode: 'ours' });
  });
  return {
    actuators,
    throttleCgroup: paths.throttleCgroup,
    events,
    stop: async () => {
      await stopLeftovers();
      await actuators.stop();
      forgetExit();
    },
  };
};
