/** Reading what belongs to a process that may end at any time. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { attempt, inWords } from '../attempt';

/** ENOENT: its directory is gone; ESRCH: it went between opening and reading. */
const ENDED: ReadonlySet<string> = new Set(['ENOENT', 'ESRCH']);

/** undefined: the process has ended. Left: one line that names the file. */
export const ofProcess = async <A>(path: string, read: () => Promise<A>): Promise<Either<string, A | undefined>> => {
  const done = await attempt(path, read);
  return E.isLeft(done) && ENDED.has(done.left.code) ? E.right(undefined) : inWords(done);
};
