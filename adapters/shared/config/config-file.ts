/** The file of --config: one JSON object with the flags in camelCase. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import * as t from 'io-ts';

type ConfigRecord = Readonly<Record<string, unknown>>;

/** The messages of JSON.parse quote the text around the fault, which may be a password: only the position is kept. */
const faultIn = (error: unknown): string => {
  const position = /at position \d+/.exec(String(error))?.[0];
  return position === undefined ? 'it is not valid JSON' : `it is not valid JSON ${position}`;
};

const parse = (text: string): Either<string, unknown> =>
  E.tryCatch(
    () => JSON.parse(text) as unknown,
    (error) => `a file with one JSON object; ${faultIn(error)}`,
  );

/**
 * @param readTextFile throws when the file cannot be read
 * @returns Left: what is allowed, to follow the word "expected"
 */
export const readConfigFile = (path: string, readTextFile: (path: string) => string): Either<string, ConfigRecord> => {
  const text = E.tryCatch(() => readTextFile(path), String);
  if (E.isLeft(text)) return E.left(`a readable file; ${text.left}`);
  const parsed = parse(text.right);
  if (E.isLeft(parsed)) return parsed;
  const record = parsed.right;
  if (!t.UnknownRecord.is(record) || Array.isArray(record)) return E.left('a file with one JSON object');
  return 'config' in record ? E.left('a file that names no other ("config" stands in it)') : E.right(record);
};
