/** The trace files that are meant: files as given, and every .csv of a directory, in order of their names. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { fileFailure } from '../../shared/node-error';

/** All are read before the first is run, so that a bad one costs no hours. */
const MOST_TRACES = 10_000;

const inDirectory = async (directory: string): Promise<Either<string, readonly string[]>> => {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.csv')).sort();
  return names.length === 0
    ? E.left(`${directory}: expected at least one .csv in it`)
    : E.right(names.map((name) => join(directory, name)));
};

const find = async (path: string): Promise<Either<string, readonly string[]>> => {
  try {
    return (await stat(path)).isDirectory() ? await inDirectory(path) : E.right([path]);
  } catch (error) {
    return E.left(`${fileFailure(path, error).message}; expected a trace or a directory of traces`);
  }
};

/** Left: the first path that is none. */
export const findTraces = async (paths: readonly string[]): Promise<Either<string, readonly string[]>> => {
  const found: string[] = [];
  for (const path of paths) {
    const files = await find(path);
    if (E.isLeft(files)) return files;
    found.push(...files.right);
  }
  return found.length > MOST_TRACES
    ? E.left(`${found.length} traces, expected at most ${MOST_TRACES}`)
    : E.right(found);
};
