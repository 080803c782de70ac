/** Who is in the cgroups and how fast each grows: two readings, SLOPE_WINDOW_MS apart. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { parseMeminfo } from '../../kernel/parse/meminfo';
import { showParseError } from '../../kernel/parse/parse-error';
import { attemptSync, inWords } from '../attempt';
import { type Members, membersOf } from './cgroup-members';
import { growthBetween, type MemoryReading, type ProcessGrowth } from './growth';
import { SLOPE_WINDOW_MS } from './limits';
import { readMemory } from './process-memory';

export interface Survey {
  readonly members: Members;
  /** The fastest first; members that have ended or just begun are not among them. */
  readonly processes: readonly ProcessGrowth[];
}

const readSharedBytes = (procRoot: string): Either<string, number> => {
  const path = join(procRoot, 'meminfo');
  const text = attemptSync(path, () => readFileSync(path, 'latin1'));
  if (E.isLeft(text)) return inWords(text);
  const meminfo = parseMeminfo(path, text.right);
  return E.isLeft(meminfo) ? E.left(showParseError(meminfo.left)) : E.right(meminfo.right.shmemBytes);
};

const read = async (procRoot: string, members: Members): Promise<Either<string, MemoryReading>> => {
  const sharedBytes = readSharedBytes(procRoot);
  if (E.isLeft(sharedBytes)) return sharedBytes;
  const processes = await readMemory(procRoot, [...members.keys()]);
  return E.isLeft(processes) ? processes : E.right({ sharedBytes: sharedBytes.right, processes: processes.right });
};

/** @param directories cgroups that are taken together */
export const survey = async (directories: readonly string[], procRoot: string): Promise<Either<string, Survey>> => {
  const members = new Map<number, string>();
  for (const directory of directories) {
    const found = membersOf(directory);
    if (E.isLeft(found)) return found;
    for (const [pid, where] of found.right) members.set(pid, where);
  }
  if (members.size === 0) return E.left(`${directories.join(', ')}: no processes`);
  const earlier = await read(procRoot, members);
  if (E.isLeft(earlier)) return earlier;
  await sleep(SLOPE_WINDOW_MS);
  const later = await read(procRoot, members);
  if (E.isLeft(later)) return later;
  return E.right({ members, processes: growthBetween(earlier.right, later.right) });
};
