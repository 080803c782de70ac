/** Protection as the monitor opens it: first what others left is undone (rule R3), then the hands are made. */
import { isRight } from 'fp-ts/Either';
import { type Observable, Subject } from 'rxjs';
import type { InputEvent } from '../../machines/events/inputs';
import type { MonitorConfig } from '../config/monitor-config';
import { cgroupPath } from '../kernel/cgroup-root';
import type { Logger } from '../logging/logger';
import { isInside, ownCgroup } from '../own-process';
import { undoAtExit } from './at-exit';
import { createHands, type ProtectionHands } from './hands';
import { protectionPaths, type ProtectionPaths } from './paths';
import { MACHINE, type Reach } from './reach';
import { restore, restoreSync } from './restore';
import type { Restored } from './restore-job';

export type { ProtectionHands } from './hands';

export interface Protection {
  /** Null: nothing may be written. */
  readonly hands: ProtectionHands | null;
  /** Directory of the cgroup into which a hold moves processes. */
  readonly brake: string | null;
  /** What the hands tell without being asked. */
  readonly events: Observable<InputEvent>;
  /** Undoes all that is in place. */
  stop(): Promise<void>;
}

const NONE: Protection = { hands: null, brake: null, events: new Subject<InputEvent>(), stop: () => Promise.resolve() };

/**
 * The settings as far as they can be had: a monitor that lives inside the managed cgroup would slow
 * itself down by any limit, so there it only observes (rule R13).
 */
export const withSafeProtection = async (config: MonitorConfig, logger: Logger): Promise<MonitorConfig> => {
  if (config.cgroup === null || config.protect === 'observe') return config;
  const own = await ownCgroup(config.procRoot);
  if (!isRight(own) || !isInside(config.cgroup, own.right)) return config;
  logger.warn(
    `protection: --protect ${config.protect} is refused, observing only: the monitor itself runs in ${own.right}, ` +
      `inside the managed cgroup ${config.cgroup}; start it in a cgroup of its own`,
  );
  return { ...config, protect: 'observe' };
};

const say = (logger: Logger, { lifted, notes, failed }: Restored): void => {
  for (const line of notes) logger.warn(`protection: ${line}`);
  for (const line of lifted) logger.warn(`protection: left by a monitor before, undone: ${line}`);
  for (const line of failed) logger.error(`protection: not undone: ${line}`);
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
  say(logger, await restore({ paths, files: undoFiles, mode: mayWrite ? 'start' : 'ours' }));
  if (!mayWrite) return NONE;
  const events = new Subject<InputEvent>();
  const hands = await createHands({
    paths,
    cgroupRoot: config.cgroupRoot,
    procRoot: config.procRoot,
    reach,
    tell: (event) => {
      events.next(event);
    },
    warn: (line) => {
      logger.warn(line);
    },
  });
  // The note stays: Node still carries out what waits for a thread after this, and the guard undoes it by the note.
  const forgetExit = undoAtExit(() => {
    restoreSync({ paths, files: { ...undoFiles, removeFile: () => undefined }, mode: 'ours' });
  });
  return {
    hands,
    brake: paths.brake,
    events,
    stop: async () => {
      await hands.stop();
      forgetExit();
    },
  };
};
