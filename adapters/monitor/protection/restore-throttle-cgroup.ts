/** Frees what is in the throttle cgroup, and removes it. */
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { FileFailure } from '../../shared/node-error';
import { attemptSync, isGone } from './attempt';
import { NO_LIMIT } from './limit-text';
import type { Report, RestoreJob } from './restore-job';
import type { UndoFiles } from './undo-files';

/** @param origins by pid, the cgroup that it came from */
type Undo = (job: RestoreJob, origins: ReadonlyMap<number, string>, report: Report) => void;

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

const letRun: Undo = ({ files, paths }, _origins, report) => {
  thaw(files, paths.throttleCgroup, report);
};

const liftLimit: Undo = ({ files, paths }, _origins, report) => {
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

const empty: Undo = (job, origins, report) => {
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

const remove: Undo = ({ files, paths }, _origins, report) => {
  const removed = attemptSync(paths.throttleCgroup, () => {
    files.removeDirectory(paths.throttleCgroup);
  });
  if (E.isRight(removed)) report.lifted.push(`${paths.throttleCgroup}: removed`);
  // EBUSY: a child was born in it meanwhile; the next try moves it.
  else if (!isGone(removed.left)) report.failed.push(removed.left.message);
};

/** In this order; `shell` is the same for the watchdog's script, which sets `failed` where the cgroup stays. */
export const THROTTLE_CGROUP_STEPS: readonly { readonly undo: Undo; readonly shell: string }[] = [
  { undo: letRun, shell: 'echo 0 > "$throttle/cgroup.freeze"' },
  { undo: liftLimit, shell: 'lift "$throttle/memory.high"' },
  { undo: empty, shell: 'move_members_back' },
  { undo: remove, shell: 'rmdir "$throttle" || failed=1' },
];

export const restoreThrottleCgroup: Undo = (job, origins, report) => {
  for (const { undo } of THROTTLE_CGROUP_STEPS) undo(job, origins, report);
};
