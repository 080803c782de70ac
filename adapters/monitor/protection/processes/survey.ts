/** Who is in the cgroups and how fast each grows: two readings, SLOPE_WINDOW_MS apart or more. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { Meminfo } from '../../../../streams/raw-sample';
import { parseMeminfo } from '../../kernel/parse/meminfo';
import { attemptSync, parsed } from '../attempt';
import { type Members, membersOf } from './cgroup-members';
import { growthBetween, type ProcessMemoryAt, type ProcessGrowth } from './growth';
import { readMemory } from './process-memory';
import { MIB } from '../../../../machines/shared/units';

/** Between two readings of a process: at 200 MiB/s a fast-growing backend gains 10 MiB, far more than others do by chance. */
export const SLOPE_WINDOW_MS = 50;
/**
 * Of a throttle: while nothing has grown yet it is looked at again after longer. Who takes memory piece by piece, or is
 * given no CPU for a while, may take none for 50 ms; and who is not found is not throttled for a second at least.
 */
export const SURVEY_WINDOWS_MS: readonly number[] = [SLOPE_WINDOW_MS, 100, 200];
/** What grows more slowly is not worth a throttle: it gains less than 5 MiB in the longest one. */
export const MIN_GROWTH_BYTES_PER_S = MIB;
/**
 * Who has less of the growth is not to blame for it: to stop a quarter wins a third more time at least, and no more than
 * four statements can each have so much. Of a statement with parallel workers all count together.
 */
export const BLAME_SHARE = 0.25;
/** Of the fastest processes so many are identified (who they are costs four reads each). */
export const MAX_EXAMINED = 32;

export interface Survey {
  readonly members: Members;
  /** The fastest first; members that have ended or just begun are not among them. */
  readonly processes: readonly ProcessGrowth[];
}

const readSharedBytes = (procRoot: string): Either<string, number> => {
  const path = join(procRoot, 'meminfo');
  const text = attemptSync(path, () => readFileSync(path, 'latin1'));
  return E.map(({ shmemBytes }: Meminfo) => shmemBytes)(parsed(parseMeminfo, path, text));
};

const read = async (procRoot: string, members: Members): Promise<Either<string, ProcessMemoryAt>> => {
  const sharedBytes = readSharedBytes(procRoot);
  if (E.isLeft(sharedBytes)) return sharedBytes;
  const processes = await readMemory(procRoot, [...members.keys()]);
  return E.isLeft(processes) ? processes : E.right({ sharedBytes: sharedBytes.right, processes: processes.right });
};

interface SurveyOptions {
  /** How long after the first reading the second is taken, and while nothing has grown by then each further one. */
  readonly windowsMs?: readonly number[];
  /** For tests. */
  readonly pause?: (ms: number) => Promise<unknown>;
}

const grows = ({ growthBytesPerS }: ProcessGrowth): boolean => growthBytesPerS >= MIN_GROWTH_BYTES_PER_S;

const membersOfAll = (directories: readonly string[]): Either<string, Members> => {
  const members = new Map<number, string>();
  for (const directory of directories) {
    const found = membersOf(directory);
    if (E.isLeft(found)) return found;
    for (const [pid, where] of found.right) members.set(pid, where);
  }
  return members.size === 0 ? E.left(`${directories.join(', ')}: no processes`) : E.right(members);
};

/** @param directories cgroups that are taken together */
export const survey = async (
  directories: readonly string[],
  procRoot: string,
  { windowsMs = [SLOPE_WINDOW_MS], pause = sleep }: SurveyOptions = {},
): Promise<Either<string, Survey>> => {
  const members = membersOfAll(directories);
  if (E.isLeft(members)) return members;
  const earlier = await read(procRoot, members.right);
  if (E.isLeft(earlier)) return earlier;
  let processes: readonly ProcessGrowth[] = [];
  for (const ms of windowsMs) {
    await pause(ms);
    const later = await read(procRoot, members.right);
    if (E.isLeft(later)) return later;
    processes = growthBetween(earlier.right, later.right);
    if (processes.some(grows)) break;
  }
  return E.right({ members: members.right, processes });
};

/** For a throttle, which needs a process that grows. */
export const surveyGrowth = (directory: string, procRoot: string): Promise<Either<string, Survey>> =>
  survey([directory], procRoot, { windowsMs: SURVEY_WINDOWS_MS });
