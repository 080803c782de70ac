/** Reading for the probe: nothing here throws, writes or reads without a bound. */
import { constants, createReadStream } from 'node:fs';
import { access, open } from 'node:fs/promises';
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { MIB } from '../../../machines/shared/units';
import { fileFailure } from '../../shared/node-error';
import { type Parser, showParseError } from '../../shared/parse/parse-error';

/** Left: one line that names the file, what was found and what was expected. */
export type Fact<A> = E.Either<string, A>;

export type Access = 'writable' | 'read-only' | 'absent';

/** mountinfo of a machine with thousands of mounts stays below; the other files are far smaller. */
const MAX_FILE_BYTES = MIB;

/** What `look` finds; Left: why it cannot, with the path. */
export const factOf = async <A>(path: string, look: () => A | Promise<A>): Promise<Fact<A>> => {
  try {
    return E.right(await look());
  } catch (error) {
    return E.left(fileFailure(path, error).message);
  }
};

const readText = async (path: string): Promise<string> => {
  let text = '';
  const stream = createReadStream(path, { encoding: 'latin1', end: MAX_FILE_BYTES });
  for await (const chunk of stream) text += String(chunk);
  if (text.length > MAX_FILE_BYTES) throw new Error(`longer than ${MAX_FILE_BYTES} bytes`);
  return text;
};

/** The file's content as `parse` understands it. */
export const readFact = async <A>(path: string, parse: Parser<A>): Promise<Fact<A>> =>
  pipe(
    await factOf(path, () => readText(path)),
    E.chain((text) => pipe(parse(path, text), E.mapLeft(showParseError))),
  );

const accessAfter = (error: unknown, path: string): Access =>
  ['ENOENT', 'ENOTDIR', 'ENODEV'].includes(fileFailure(path, error).code) ? 'absent' : 'read-only';

/**
 * Whether a file of the kernel may be written. It is opened for writing and closed again; nothing is
 * written, so there is nothing to undo if we die in between.
 */
export const fileAccess = async (path: string): Promise<Access> => {
  try {
    await (await open(path, 'r+')).close();
    return 'writable';
  } catch (error) {
    return accessAfter(error, path);
  }
};

/** Whether a directory may be given new entries. */
export const directoryAccess = async (path: string): Promise<Access> => {
  try {
    await access(path, constants.W_OK | constants.X_OK);
    return 'writable';
  } catch (error) {
    return accessAfter(error, path);
  }
};

/** The first of these files that may be executed. */
export const firstProgram = async (paths: readonly string[]): Promise<string | null> => {
  for (const path of paths) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return null;
};
