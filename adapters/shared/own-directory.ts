/**
 * A directory for files that nobody else may put in place of ours: the status socket, the intent record of limits,
 * the heartbeat. Where we may not use /run it lies in /tmp, where anybody may have taken its name, or put a link.
 */
import { lstatSync, mkdirSync, statSync, type Stats } from 'node:fs';
import * as E from 'fp-ts/Either';
import { fileFailure } from './node-error';

const OTHERS_WRITE = 0o022;

/**
 * Why somebody else may have written this file, or entries of this directory; null: only we and root may.
 * Without a comma: what is thrown with it is cut there (fileFailure).
 */
export const whyNotOurs = ({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): string | null => {
  if (uid !== 0 && uid !== process.getuid?.()) return `belongs to uid ${uid} (expected root or ours)`;
  return (mode & OTHERS_WRITE) === 0 ? null : 'others may write it (expected mode 0755 or less)';
};

/** Left: one line that says why files of ours are not safe in it, or that it is not there. Changes nothing. */
export const checkDirectory = (dir: string): E.Either<string, void> => {
  try {
    const directory = statSync(dir);
    if (!directory.isDirectory()) return E.left(`${dir}: is no directory`);
    const { uid, mode } = lstatSync(dir);
    // The mode of a link is always 0777 and means nothing.
    const why = whyNotOurs({ uid, mode: mode & ~OTHERS_WRITE }) ?? whyNotOurs(directory);
    return why === null ? E.right(undefined) : E.left(`${dir}: ${why}`);
  } catch (error) {
    return E.left(fileFailure(dir, error).message);
  }
};

/** Makes it for us alone if it is not there: one level only, as the directories above are the system's. Left as above. */
export const claimDirectory = (dir: string): E.Either<string, void> => {
  try {
    mkdirSync(dir, { mode: 0o700 });
  } catch (error) {
    const failure = fileFailure(dir, error);
    if (failure.code !== 'EEXIST') return E.left(failure.message);
  }
  return checkDirectory(dir);
};

const ALL_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * Why others decide what lies in a directory that the operator named; null: they do not, or it is not there.
 * Less strict than `checkDirectory`: a group may share it, and in a sticky one nobody replaces what is ours.
 */
export const whyOthersDecide = (dir: string): string | null => {
  const stats = statSync(dir, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  const { uid, mode } = stats;
  if (uid !== 0 && uid !== process.getuid?.()) return `${dir} belongs to uid ${uid}, neither root nor ours`;
  return (mode & ALL_WRITE) !== 0 && (mode & STICKY) === 0 ? `${dir} may be written by everybody` : null;
};
