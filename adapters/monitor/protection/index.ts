/** Protection as the monitor opens it: first what others left is undone (rule R3), then the actuators are made. */
import { isRight } from 'fp-ts/Either';
import { merge, type Observable, Subject } from 'rxjs';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import type { MonitorConfig } from '../config/monitor-config';
import { cgroupPath } from '../kernel/cgroup-root';
import type { Logger } from '../../shared/logging/logger';
import { isInside, ownCgroup } from '../own-process';
import { createActuators, MACHINE, type ProtectionActuators, type Reach } from './actuators';
import { Leftovers } from './leftovers';
import { protectionPaths, type ProtectionPaths } from './paths';
import { restoreSync } from './restore';

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

const pathsOf = ({ cgroup, cgroupRoot, runtimeDir }: MonitorConfig): ProtectionPaths | null => {
  if (cgroup === null) return null;
  const managed = cgroupPath(cgroupRoot, cgroup);
  return isRight(managed) ? protectionPaths(managed.right, runtimeDir) : null;
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
  const leftovers = await Leftovers.undo({ paths, files: undoFiles, mode: mayWrite ? 'start' : 'ours' }, logger);
  const stopLeftovers = (): Promise<void> => {
    leftovers.stop();
    return Promise.resolve();
  };
  if (!mayWrite) return { ...NONE, events: leftovers.events, stop: stopLeftovers };
  const told = new Subject<InputEvent>();
  const actuators = await createActuators({
    ...{ paths, cgroupRoot: config.cgroupRoot, procRoot: config.procRoot, reach, leftovers },
    emit: (event) => {
      told.next(event);
    },
    warn: (reason) => {
      logger.warn('protection stopped', { reason });
    },
  });
  // The intent record stays: Node still carries out what waits for a thread after this, and the watchdog process undoes it by the intent record.
  const forgetExit = undoAtExit(() => {
    restoreSync({ paths, files: { ...undoFiles, removeFile: () => undefined }, mode: 'ours' });
  });
  return {
    actuators,
    throttleCgroup: paths.throttleCgroup,
    events: merge(leftovers.events, told),
    stop: async () => {
      leftovers.stop();
      await actuators.stop();
      forgetExit();
    },
  };
};
