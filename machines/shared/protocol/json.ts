/**
 * JSON as the wire wants it: numbers keep their digits, an object may not repeat a key, and nesting
 * is bounded. lossless-json alone lets a repeated key pass when both values are equal, and recurses
 * once per level; both are checked here on the bare tokens.
 */
import * as E from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { parse } from 'lossless-json';
import { errorText } from '../error-text';

/** Levels of objects and arrays. Our messages need 3; the parser recurses once per level. */
export const MAX_NESTING = 32;

/**
 * Strings and the punctuation that gives structure. The closing quote is optional so that a string
 * without end is one token: the scan stays linear for every text.
 */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"?|[{}[\]:]/gs;

const tokensOf = (text: string): readonly string[] => Array.from(text.matchAll(TOKENS), ([token]) => token);

const nestsTooDeep = (tokens: readonly string[]): boolean => {
  let depth = 0;
  for (const token of tokens) {
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth > MAX_NESTING) return true;
  }
  return false;
};

/** The first key (as written, with quotes) that an object repeats, or null. The text must be valid JSON. */
const repeatedKey = (tokens: readonly string[]): string | null => {
  const open: Set<unknown>[] = [];
  let last = '';
  for (const token of tokens) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      // "a" and "\u0061" are the same key.
      const key: unknown = JSON.parse(last);
      const keys = open.at(-1);
      if (keys?.has(key)) return last;
      keys?.add(key);
    } else last = token;
  }
  return null;
};

/**
 * Parses one JSON text. Numbers come out as LosslessNumber.
 *
 * @returns the value, or what is wrong with the text. Never throws.
 */
export const parseJson = (text: string): E.Either<string, unknown> => {
  const tokens = tokensOf(text);
  if (nestsTooDeep(tokens)) return E.left(`nested deeper than ${MAX_NESTING} levels`);
  return pipe(
    // Repeated keys are looked for below, in the equal and in the differing case alike.
    E.tryCatch(
      () => parse(text, undefined, { onDuplicateKey: () => undefined }),
      (cause) => `not JSON: ${errorText(cause)}`,
    ),
    E.chain((value) => {
      const key = repeatedKey(tokens);
      return key === null ? E.right(value) : E.left(`key ${key} stands twice in one object`);
    }),
  );
};
