/** The file of --config: one JSON object with the flags in camelCase. */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import * as t from 'io-ts';

type ConfigRecord = Readonly<Record<string, unknown>>;

const ALLOWED = 'a file with one JSON object';

/** The messages of JSON.parse quote the text around the fault, which may be a password: only the position is kept. */
const faultIn = (error: unknown): string => {
  const position = /at position \d+/.exec(String(error))?.[0];
  return position === undefined ? 'it is not valid JSON' : `it is not valid JSON ${position}`;
};

/**
 * @param readTextFile throws when the file cannot be read
 * @returns Left: what is allowed, to follow the word "expected"
 */
export const readConfigFile = (path: string, readTextFile: (path: string) => string): E.Either<string, ConfigRecord> =>
  pipe(
    E.tryCatch(() => readTextFile(path), String),
    E.mapLeft((error) => `a readable file; ${error}`),
    E.chain(
      E.tryCatchK(
        (text) => JSON.parse(text) as unknown,
        (error) => `${ALLOWED}; ${faultIn(error)}`,
      ),
    ),
    E.chain((record) => {
      if (!t.UnknownRecord.is(record) || Array.isArray(record)) return E.left(ALLOWED);
      return 'config' in record ? E.left('a file that names no other ("config" stands in it)') : E.right(record);
    }),
  );
