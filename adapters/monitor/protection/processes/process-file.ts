/** Reading what belongs to a process that may end at any time. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { FileFailure } from '../../../shared/node-error';
import { attempt, attemptSync, inWords } from '../attempt';

/** ENOENT: its directory is gone; ESRCH: it went between opening and reading. */
const ENDED: ReadonlySet<string> = new Set(['ENOENT', 'ESRCH']);

const orEnded = <A>(done: Either<FileFailure, A>): Either<string, A | undefined> =>
  E.isLeft(done) && ENDED.has(done.left.code) ? E.right(undefined) : inWords(done);

/** undefined: the process has ended. Left: one line that names the file. */
export const ofProcess = async <A>(path: string, read: () => Promise<A>): Promise<Either<string, A | undefined>> =>
  orEnded(await attempt(path, read));

export const ofProcessSync = <A>(path: string, read: () => A): Either<string, A | undefined> =>
  orEnded(attemptSync(path, read));
