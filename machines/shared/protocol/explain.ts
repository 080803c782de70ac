/** Words for what was wrong with a value from the wire: where, what was expected, what came. */
import { isLosslessNumber } from 'lossless-json';
import type { Errors } from 'io-ts';

/** Longest error text that we send or log about a frame. */
export const MAX_ERROR_CHARS = 512;
/** Longest quotation of foreign text within an error. */
const MAX_QUOTE_CHARS = 80;

const cut = (text: string, maxChars: number): string =>
  text.length <= maxChars ? text : `${text.slice(0, maxChars - 1)}…`;

export const boundedError = (text: string): string => cut(text, MAX_ERROR_CHARS);

/** A foreign string in quotes, cut. */
export const quote = (text: string): string => JSON.stringify(cut(text, MAX_QUOTE_CHARS));

const describe = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return quote(value);
  if (isLosslessNumber(value)) return cut(value.value, MAX_QUOTE_CHARS);
  if (typeof value === 'boolean' || value === null) return String(value);
  return Array.isArray(value) ? 'an array' : 'an object';
};

/** One sentence about the first error: `content.granted.mem must be an unsigned 64-bit integer, got 1e9`. */
export const explain = (errors: Errors): string => {
  const [first] = errors;
  const context = first?.context ?? [];
  const path = context
    .map(({ key }) => key)
    .filter((key) => key !== '')
    .join('.');
  const expected = context.at(-1)?.type.name ?? 'something else';
  return `${path === '' ? 'it' : path} must be ${expected}, got ${describe(first?.value)}`;
};
