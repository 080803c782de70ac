/** Keeps secrets out of what we print. */
import { HIDDEN } from '../../../machines/shared/config/flag';

/** Shorter secrets would blot out ordinary words; they are still hidden where they are known to stand. */
const SHORTEST_REDACTED_CHARS = 4;

/** JSON within JSON doubles the backslashes: so many are followed, three levels deep. A bound, or a text of backslashes would take minutes. */
const MAX_BACKSLASHES = 4;

/**
 * So many backslashes of a secret in a row, themselves escaped or not. One repetition for all of them: one
 * for each would be tried in every combination.
 */
const backslashes = (count: number): string => `(?:\\\\(?:u005[cC])?){${count},${count * MAX_BACKSLASHES}}`;

/** The short escapes of JSON for characters that a secret may hold; all others are written \uXXXX. */
const SHORT_ESCAPES = new Map(
  Object.entries({ '"': '"', '/': '/', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't' }),
);

const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, (character) => `\\${character}`);

/** Hex digits in either case. */
const hex = (unit: string): string =>
  unit
    .charCodeAt(0)
    .toString(16)
    .padStart(4, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

/** One UTF-16 unit as it is, or as JSON may escape it; or a run of backslashes. */
const unitPattern = (unit: string): string => {
  if (unit.startsWith('\\')) return backslashes(unit.length);
  const short = SHORT_ESCAPES.get(unit);
  const escapes = [`u${hex(unit)}`, ...(short === undefined ? [] : [quoted(short)])].join('|');
  return `(?:${quoted(unit)}|${backslashes(1)}(?:${escapes}))`;
};

const UNITS = /\\+|[^\\]/g;

/** Finds a secret also where some of its characters are written as JSON may escape them: `\u0053ecret`. */
const patternOf = (secret: string): RegExp => new RegExp((secret.match(UNITS) ?? []).map(unitPattern).join(''), 'g');

/** A function that hides one secret, of any length, in a text or in JSON, keys included. */
export const hideSecret = (secret: string): ((text: string) => string) => {
  const pattern = patternOf(secret);
  return (text) =>
    // Most texts hold no escape: there a plain search will do.
    text.includes('\\') ? text.replace(pattern, HIDDEN) : text.replaceAll(secret, HIDDEN);
};

/** A function that replaces every configured secret in a text. */
export const createRedactor = (secrets: readonly string[]): ((text: string) => string) => {
  const hide = secrets
    .filter((secret) => secret.length >= SHORTEST_REDACTED_CHARS)
    // Longest first, or a secret that contains another would leave its rest behind.
    .sort((a, b) => b.length - a.length)
    .map(hideSecret);
  return (text) => hide.reduce((rest, each) => each(rest), text);
};
