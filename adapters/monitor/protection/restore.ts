/**
 * Undoes what a monitor has put in place (rule R3), whether it was this one, one that died, or one that
 * we know only by what it left. Each step stands alone: where one fails, the others are taken all the same.
 *
 * If we die at any point, the note is still there, as it goes last: whoever comes next does it again.
 */
import * as E from 'fp-ts/Either';
import { attemptSync, isGone } from './attempt';
import { NOTHING, parseIntent } from './intent';
import type { ProtectionPaths } from './paths';
import { MODES, type RestoreMode } from './restore-modes';
import type { UndoFiles } from './undo-files';
import { UNDO_STEPS, type UndoJob } from './undo-steps';
import { thaw } from './undo-throttle-cgroup';
import { actAtOnce, emptyReport, type Report, type Restored, untilUndone } from './undoing';

export interface RestoreJob {
  readonly paths: ProtectionPaths;
  readonly files: UndoFiles;
  readonly mode: RestoreMode;
}

type Known = Pick<UndoJob, 'intent' | 'rules'>;

/** What we know of ours. A note that cannot be read or understood may stand for anything (restore-modes.ts). */
const readIntent = ({ paths: { intentFile }, files, mode }: RestoreJob, report: Report): Known => {
  const anything = (reason: string): Known => {
    report.notes.push(`${reason}; so every limit may be ours`);
    return { intent: NOTHING, rules: MODES.everything };
  };
  const text = attemptSync(intentFile, () => files.readOwn(intentFile));
  if (E.isLeft(text)) {
    return isGone(text.left) ? { intent: NOTHING, rules: MODES[mode] } : anything(text.left.message);
  }
  const intent = parseIntent(intentFile, text.right);
  return E.isLeft(intent) ? anything(intent.left) : { intent: intent.right, rules: MODES[mode] };
};

const removeIntent = ({ paths: { intentFile }, files }: RestoreJob, report: Report): void => {
  const removed = attemptSync(intentFile, () => {
    files.removeFile(intentFile);
  });
  if (E.isLeft(removed)) report.failed.push(removed.left.message);
};

/** One try, for a process that cannot wait: an uncaught error, `process.on('exit')`. Never throws. */
export const restoreSync = (job: RestoreJob): Restored => {
  const report = emptyReport();
  const known = readIntent(job, report);
  const { paths, files } = job;
  // What stands still first. No monitor freezes the managed cgroup, so it is no step of the list.
  if (known.rules.thaws) actAtOnce(thaw(paths.managed, report), files);
  for (const { undo } of Object.values(UNDO_STEPS)) actAtOnce(undo({ paths, ...known }, report), files);
  if (report.failed.length === 0) removeIntent(job, report);
  return report;
};

/** Tries again until nothing is left to undo. Never rejects. The caller says what failed; a monitor that goes on tries further (leftovers.ts). */
export const restore = (job: RestoreJob): Promise<Restored> => untilUndone(() => restoreSync(job));
