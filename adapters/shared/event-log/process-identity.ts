/** Distinguishes one process from all others, also from a later one with the same pid. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBootId } from '../clock';

export interface WriterIdentity {
  readonly pid: number;
  /** Clock ticks since boot, as /proc/<pid>/stat writes them. */
  readonly startTime: string;
  readonly bootId: string;
}

/** Field 22 of /proc/<pid>/stat (proc_pid_stat(5)); the first two are cut off, since the name may hold blanks. */
const START_TIME_INDEX = 22 - 3;

/** The process that bears `pid` now; null when there is none. */
export const identify = (procRoot: string, pid: number): WriterIdentity | null => {
  let stat: string;
  try {
    stat = readFileSync(join(procRoot, String(pid), 'stat'), 'utf8');
  } catch {
    return null;
  }
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_INDEX];
  return startTime === undefined ? null : { pid, startTime, bootId: readBootId(procRoot) };
};

/** True while the process described lives: same boot, same pid, same start. */
export const isAlive = (procRoot: string, { pid, startTime, bootId }: WriterIdentity): boolean => {
  const now = identify(procRoot, pid);
  return now !== null && now.bootId === bootId && now.startTime === startTime;
};
