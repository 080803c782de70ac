/** Frees what is in the throttle cgroup, and removes it. */
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { NO_LIMIT } from './limit-text';
import type { ProtectionPaths } from './paths';
import type { Members } from './processes/cgroup-members';
import { putBack, readText, removing, type Report, tell, type Acts, writing } from './undoing';

/** @param origins by pid, the cgroup that it came from */
type Undo = (paths: ProtectionPaths, origins: Members, report: Report) => Acts;

/** Lets the processes of a cgroup run (cgroup.freeze), if they do not. */
export const thaw = (cgroup: string, report: Report): Acts =>
  putBack(join(cgroup, 'cgroup.freeze'), '0\n', 'thawed', report);

/**
 * Back to where it came from; if that is gone, or takes no processes, to the managed cgroup.
 * Right: where it is now; null: it has ended. Left: why it is nowhere else.
 */
export function* moveBack(
  { managed }: ProtectionPaths,
  pid: number,
  origins: Members,
): Acts<Either<string, string | null>> {
  const failures: string[] = [];
  for (const cgroup of new Set([origins.get(pid) ?? managed, managed])) {
    const moved = yield writing(join(cgroup, 'cgroup.procs'), `${pid}\n`);
    if (E.isRight(moved)) return E.right(cgroup);
    if (moved.left.code === 'ESRCH') return E.right(null);
    failures.push(moved.left.message);
  }
  return E.left(failures.join('; '));
}

/** "0" stands for a process of another pid namespace; written, it would mean ourselves (pid_namespaces(7)). */
const isPid = (line: string): boolean => /^[1-9]\d*$/.test(line);

function* empty(paths: ProtectionPaths, origins: Members, report: Report): Acts {
  const text = yield* readText(join(paths.throttleCgroup, 'cgroup.procs'));
  if (E.isLeft(text)) {
    tell(report, text, '');
    return;
  }
  for (const pid of text.right.split('\n').filter(isPid).map(Number)) {
    const moved = yield* moveBack(paths, pid, origins);
    if (E.isLeft(moved))
      report.failed.push(`pid ${pid} stays in ${paths.throttleCgroup}, without a limit: ${moved.left}`);
    else if (moved.right !== null) report.lifted.push(`pid ${pid}: moved back to ${moved.right}`);
  }
}

/** EBUSY: a child was born in it meanwhile; the next try moves it. */
function* remove({ throttleCgroup }: ProtectionPaths, _origins: Members, report: Report): Acts {
  tell(report, yield removing(throttleCgroup), `${throttleCgroup}: removed`);
}

/**
 * In this order: whoever is in it runs freely first, also if nothing else works, and a failure stops nothing, as to be
 * moved out is as good. `shell` is the same for the watchdog's script, which sets `failed` where the cgroup stays.
 */
export const THROTTLE_CGROUP_STEPS: readonly { readonly undo: Undo; readonly shell: string }[] = [
  {
    undo: ({ throttleCgroup }, _origins, report) => thaw(throttleCgroup, report),
    shell: 'echo 0 > "$throttle/cgroup.freeze"',
  },
  {
    undo: ({ throttleCgroup }, _origins, report) =>
      putBack(join(throttleCgroup, 'memory.high'), NO_LIMIT, 'lifted', report),
    shell: 'lift "$throttle/memory.high"',
  },
  { undo: empty, shell: 'move_members_back' },
  { undo: remove, shell: 'rmdir "$throttle" || failed=1' },
];
