/** Frees what is in the throttle cgroup, and removes it. */
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { FileFailure } from '../../shared/node-error';
import { attemptSync, isGone } from './attempt';
import { NO_LIMIT } from './limit-text';
import type { Report, RestoreJob } from './restore-job';
import type { UndoFiles } from './undo-files';

/** Lets the processes of a cgroup run (cgroup.freeze), if they do not. */
export const thaw = (files: UndoFiles, cgroup: string, report: Report): void => {
  const path = join(cgroup, 'cgroup.freeze');
  const thawed = attemptSync(path, () => {
    if (files.readText(path).trim() === '0') return;
    files.writeKernel(path, '0\n');
    report.lifted.push(`${path}: thawed`);
  });
  if (E.isLeft(thawed) && !isGone(thawed.left)) report.failed.push(thawed.left.message);
};

const liftBrake = ({ files, paths }: RestoreJob, report: Report): void => {
  const path = join(paths.throttleCgroup, 'memory.high');
  const lifted = attemptSync(path, () => {
    if (files.readText(path).trim() === NO_LIMIT.trim()) return;
    files.writeKernel(path, NO_LIMIT);
    report.lifted.push(`${path}: lifted`);
  });
  if (E.isLeft(lifted) && !isGone(lifted.left)) report.failed.push(lifted.left.message);
};

const isDead = ({ code }: FileFailure): boolean => code === 'ESRCH';

/** Back to where it came from; if that is gone, or takes no processes, to the managed cgroup. */
const moveBack = ({ files, paths }: RestoreJob, pid: string, origin: string, report: Report): void => {
  const failures: string[] = [];
  for (const cgroup of new Set([origin, paths.managed])) {
    const path = join(cgroup, 'cgroup.procs');
    const moved = attemptSync(path, () => {
      files.writeKernel(path, `${pid}\n`);
    });
    if (E.isRight(moved)) {
      report.lifted.push(`pid ${pid}: moved back to ${cgroup}`);
      return;
    }
    if (isDead(moved.left)) return;
    failures.push(moved.left.message);
  }
  report.failed.push(`pid ${pid} stays in ${paths.throttleCgroup}, without a limit: ${failures.join('; ')}`);
};

/** "0" stands for a process of another pid namespace; written, it would mean ourselves (pid_namespaces(7)). */
const isPid = (line: string): boolean => /^[1-9]\d*$/.test(line);

const emptyBrake = (job: RestoreJob, origins: ReadonlyMap<number, string>, report: Report): void => {
  const { files, paths } = job;
  const path = join(paths.throttleCgroup, 'cgroup.procs');
  const text = attemptSync(path, () => files.readText(path));
  if (E.isLeft(text)) {
    if (!isGone(text.left)) report.failed.push(text.left.message);
    return;
  }
  for (const pid of text.right.split('\n').filter(isPid)) {
    moveBack(job, pid, origins.get(Number(pid)) ?? paths.managed, report);
  }
};

/** @param origins by pid, the cgroup that it came from */
export const restoreThrottleCgroup = (job: RestoreJob, origins: ReadonlyMap<number, string>, report: Report): void => {
  const { files, paths } = job;
  thaw(files, paths.throttleCgroup, report);
  liftBrake(job, report);
  emptyBrake(job, origins, report);
  const removed = attemptSync(paths.throttleCgroup, () => {
    files.removeDirectory(paths.throttleCgroup);
  });
  if (E.isRight(removed)) report.lifted.push(`${paths.throttleCgroup}: removed`);
  // EBUSY: a child was born in it meanwhile; the next try moves it.
  else if (!isGone(removed.left)) report.failed.push(removed.left.message);
};
