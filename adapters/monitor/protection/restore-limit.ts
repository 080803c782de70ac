/** One limit of the managed cgroup, lifted if it is ours or in the way. */
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import { attemptSync, isGone } from './attempt';
import { USE_BELOW } from './cgroup-use';
import { type LimitName, NO_LIMIT, readLimitText } from './limit-text';
import type { Report, RestoreJob } from './restore-job';
import type { ForeignRule } from './restore-modes';
import type { UndoFiles } from './undo-files';
import { MIB } from '../../../machines/shared/units';

/** A limit of somebody else that is found at the start may stay where it is as far above. */
const FOREIGN_ROOM_BYTES = 64 * MIB;

interface LimitJob extends RestoreJob {
  readonly name: LimitName;
  /** Values that are ours. */
  readonly ours: readonly number[];
  readonly foreign: ForeignRule;
}

/** What is not known is not safe. */
const isSafelyAboveUse = ({ files, paths, name }: LimitJob, bytes: number): boolean => {
  const { file, parse } = USE_BELOW[name];
  const path = join(paths.managed, file);
  const text = attemptSync(path, () => files.readText(path));
  const use = E.isLeft(text) ? text : parse(path, text.right);
  return E.isRight(use) && bytes >= use.right + FOREIGN_ROOM_BYTES;
};

const isLeftAlone = (job: LimitJob, bytes: number): boolean => {
  const { ours, foreign } = job;
  if (ours.includes(bytes) || foreign === 'lift') return false;
  return foreign === 'leave' || isSafelyAboveUse(job, bytes);
};

const lift = (path: string, was: number, files: UndoFiles, report: Report): void => {
  const written = attemptSync(path, () => {
    files.writeKernel(path, NO_LIMIT);
  });
  if (E.isRight(written)) report.lifted.push(`${path}: lifted, was ${was}`);
  else if (!isGone(written.left)) report.failed.push(written.left.message);
};

export const restoreLimit = (job: LimitJob, report: Report): void => {
  const { paths, files, name } = job;
  const path = join(paths.managed, name);
  const text = attemptSync(path, () => files.readText(path));
  if (E.isLeft(text)) {
    if (!isGone(text.left)) report.failed.push(text.left.message);
    return;
  }
  const limit = readLimitText(path, text.right);
  if (E.isLeft(limit)) report.failed.push(limit.left);
  else if (limit.right === null) return;
  else if (isLeftAlone(job, limit.right)) report.notes.push(`${path}: ${limit.right} is not ours, left`);
  else lift(path, limit.right, files, report);
};
