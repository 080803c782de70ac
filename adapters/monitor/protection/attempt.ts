/** Calls that throw, with failures as values. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { type FileFailure, fileFailure } from '../../shared/node-error';
import { type Parser, showParseError } from '../../shared/parse/parse-error';
import { createQueue } from '../../shared/queue';

/** @param path for the message */
export const attempt = async <A>(path: string, act: () => Promise<A>): Promise<Either<FileFailure, A>> => {
  try {
    return E.right(await act());
  } catch (error) {
    return E.left(fileFailure(path, error));
  }
};

export const attemptSync = <A>(path: string, act: () => A): Either<FileFailure, A> => {
  try {
    return E.right(act());
  } catch (error) {
    return E.left(fileFailure(path, error));
  }
};

/** The failure as the one line that it shows. */
export const inWords = E.mapLeft(({ message }: FileFailure) => message);

/** What a file says. Left: one line why it could not be read, or not be understood. */
export const parsed = <A>(parse: Parser<A>, path: string, text: Either<FileFailure, string>): Either<string, A> =>
  E.isLeft(text) ? inWords(text) : E.mapLeft(showParseError)(parse(path, text.right));

/** The cgroup is not there (any more), or has no such file: there is nothing in place in it. */
export const isGone = ({ code }: FileFailure): boolean => code === 'ENOENT' || code === 'ENODEV';

/** ENOENT: the process's directory is gone; ESRCH: it went between opening and reading. */
const ENDED: ReadonlySet<string> = new Set(['ENOENT', 'ESRCH']);

/** Of what belongs to a process. undefined: it has ended. Left: one line that names the file. */
export const orEnded = <A>(done: Either<FileFailure, A>): Either<string, A | undefined> =>
  E.isLeft(done) && ENDED.has(done.left.code) ? E.right(undefined) : inWords(done);

/** Commands that may wait for the one under way: the core has one at a time, and a stop may come in between. */
const MAX_WAITING_COMMANDS = 4;

/** Carries out commands one after another. */
export const commandTurns = (): (<A>(work: () => Promise<Either<string, A>>) => Promise<Either<string, A>>) => {
  const queue = createQueue(MAX_WAITING_COMMANDS);
  return async (work) => (await queue.run(work)) ?? E.left(`more than ${MAX_WAITING_COMMANDS} commands wait already`);
};
