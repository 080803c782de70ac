/** Calls that throw, with failures as values. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { type FileFailure, fileFailure } from '../../shared/node-error';

/** Commands that may wait for the one under way: the core has one at a time, and a stop may come in between. */
export const MAX_WAITING_COMMANDS = 4;

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

/** The cgroup is not there (any more), or has no such file: there is nothing in place in it. */
export const isGone = ({ code }: FileFailure): boolean => code === 'ENOENT' || code === 'ENODEV';
