/**
 * Scanning for the few fields we want. The files are read ten times a second, so nothing is split
 * into lines or objects. The end of the text counts as the end of a line: a text that was cut by the
 * bound on its length is refused before it gets here (held-file.ts).
 */
import { type Either, isLeft, left, right } from 'fp-ts/Either';
import { type ParseError, missing, unexpected } from './parse-error';

/** Puts a record of results together; the first error wins. As fp-ts' sequenceS, without its closures: it runs in each sample. */
export const allFields = <Fields extends object>(results: {
  readonly [Name in keyof Fields]: Either<ParseError, Fields[Name]>;
}): Either<ParseError, Fields> => {
  const fields: Partial<Fields> = {};
  for (const name in results) {
    const result = results[name];
    if (isLeft(result)) return result;
    fields[name] = result.right;
  }
  // Each name of `results` has been set.
  return right(fields as Fields);
};

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isBlank = (code: number): boolean => code === 32 || code === 9;
/** Blank, end of line (LF or CRLF), or end of text (charCodeAt gives NaN). */
const endsWord = (code: number): boolean => isBlank(code) || code === 10 || code === 13 || Number.isNaN(code);

export const skipBlanks = (text: string, from: number): number => {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at += 1;
  return at;
};

export const endOfWord = (text: string, from: number): number => {
  let at = from;
  while (!endsWord(text.charCodeAt(at))) at += 1;
  return at;
};

/** Where the text of a line that starts with `key` goes on behind the key, or -1. */
export const afterKey = (text: string, key: string): number => {
  if (text.startsWith(key)) return key.length;
  const at = text.indexOf(`\n${key}`);
  return at < 0 ? -1 : at + 1 + key.length;
};

/**
 * The whole number at `at` (after blanks) times `unit`. Numbers beyond 2^53 are refused: a counter or
 * size that has lost its last digits would give wrong differences, and none that we read gets there.
 */
export const wholeNumberAt = (file: string, text: string, at: number, unit = 1): Either<ParseError, number> => {
  const start = skipBlanks(text, at);
  let end = start;
  let value = 0;
  for (let code = text.charCodeAt(end); isDigit(code); code = text.charCodeAt(end)) {
    // Grouped so that no step in between is larger than the result.
    value = value * 10 + (code - 48);
    end += 1;
  }
  if (end === start || !endsWord(text.charCodeAt(end))) {
    return left(unexpected(file, text, start, 'a whole number from 0'));
  }
  if (value * unit > Number.MAX_SAFE_INTEGER) {
    return left(
      unexpected(file, text, start, unit === 1 ? 'at most 2^53 - 1' : `at most 2^53 - 1 in units of ${unit}`),
    );
  }
  return right(value * unit);
};

/** The number behind `key`, which ends with the sign that parts it from the value (blank or colon). */
export const requiredField = (file: string, text: string, key: string, unit = 1): Either<ParseError, number> => {
  const at = afterKey(text, key);
  return at < 0 ? left(missing(file, text, key.trim())) : wholeNumberAt(file, text, at, unit);
};

/** As requiredField; undefined where this kernel has no such line. */
export const optionalField = (
  file: string,
  text: string,
  key: string,
  unit = 1,
): Either<ParseError, number | undefined> => {
  const at = afterKey(text, key);
  return at < 0 ? right(undefined) : wholeNumberAt(file, text, at, unit);
};
