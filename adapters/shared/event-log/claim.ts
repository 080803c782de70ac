/**
 * Makes the log directory ours, so that two monitors never write one log.
 *
 * A claim is an empty file "lock.<pid>.<start time>.<boot id>", so that each process has a name of
 * its own: that of a dead process can be removed by anyone, and never by mistake for a new one. A
 * monitor first makes its file, then looks for others; of two that start at the same instant at most
 * one gets the directory (and maybe none). Pids are those of one pid namespace: monitors in
 * different containers must not share a directory.
 */
import { readFileSync } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as E from 'fp-ts/Either';
import { errorText } from '../../../machines/shared/error-text';
import { readBootId } from '../clock';
import { codeOf } from '../node-error';

/** A directory that this process alone may write, until it is released. */
export interface ClaimedDirectory {
  readonly dir: string;
  release(): Promise<void>;
}

/** Field 22 of /proc/<pid>/stat (proc_pid_stat(5)); the first two are cut off, since the name may hold blanks. */
const START_TIME_INDEX = 22 - 3;

/**
 * "<pid>.<start time>.<boot id>" of the process that bears `pid` now, which no other process has ever had; null when
 * there is none. The start time counts clock ticks since boot.
 */
export const identify = (procRoot: string, pid: number): string | null => {
  let stat: string;
  try {
    stat = readFileSync(join(procRoot, String(pid), 'stat'), 'utf8');
  } catch {
    return null;
  }
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME_INDEX];
  return startTime === undefined ? null : `${pid}.${startTime}.${readBootId(procRoot)}`;
};

/** A directory that is there already is as good: also one that "rel/../other" passes through. */
const makeOne = async (dir: string): Promise<void> => {
  try {
    await mkdir(dir, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
};

/** As mkdir -p. Node's own (`recursive`) never ends where the parent is there but takes no entries, as /proc. */
const makeDirectory = async (dir: string): Promise<void> => {
  try {
    await makeOne(dir);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(dir) === dir) throw error;
    await makeDirectory(dirname(dir));
    await makeOne(dir);
  }
};

/** False when this process holds the directory already. */
const makeLock = async (lock: string): Promise<boolean> => {
  try {
    await (await open(lock, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
};

/** The pid of another living holder, or null. Locks of dead processes are removed. */
const otherHolder = async (dir: string, own: string, procRoot: string): Promise<number | null> => {
  for (const name of await readdir(dir)) {
    const [, holder, pid] = /^lock\.((\d+)\.\d+\..+)$/.exec(name) ?? [];
    if (holder === undefined || holder === own) continue;
    if (identify(procRoot, Number(pid)) === holder) return Number(pid);
    await rm(join(dir, name), { force: true });
  }
  return null;
};

/**
 * Creates the directory (mode 0700) if need be and claims it. Left: why there can be no log there, as
 * a sentence; the monitor logs it and runs without. By `procRoot` it is found out whether a holder lives: it is
 * the real /proc also when readings come from elsewhere.
 */
export const claimLogDirectory = async (
  dir: string,
  procRoot = '/proc',
): Promise<E.Either<string, ClaimedDirectory>> => {
  const own = identify(procRoot, process.pid);
  if (own === null) return E.left(`${dir}: cannot be claimed without ${procRoot}/${process.pid}/stat`);
  const lock = join(dir, `lock.${own}`);
  const release = (): Promise<void> => rm(lock, { force: true });
  const inUseBy = (pid: number) => E.left(`${dir}: in use by another monitor (pid ${pid})`);
  try {
    await makeDirectory(dir);
    if (!(await makeLock(lock))) return inUseBy(process.pid);
    const otherPid = await otherHolder(dir, own, procRoot);
    if (otherPid === null) return E.right({ dir, release });
    await release();
    return inUseBy(otherPid);
  } catch (error) {
    return E.left(`${dir}: cannot be written: ${errorText(error)}`);
  }
};
