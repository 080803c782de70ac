/** `12:00:00.000 info  listening addr=127.0.0.1:10301`, time in UTC. */
import { toJson } from './json-value';
import type { Line, Redact } from './line';
import { cut, MAX_LINE_BYTES } from './line';
import { printable } from './printable';

/** Shown without quotes. */
const PLAIN = /^[\w.:/[\]-]+$/;
/** A character is at most 3 bytes of UTF-8 (a pair of surrogates 4), and the ellipsis 3. */
const MAX_LINE_CHARS = Math.floor((MAX_LINE_BYTES - 3) / 3);
const TIME_IN_ISO = [11, 23] as const;

const fieldText = ([key, value]: readonly [string, unknown], redact: Redact): string =>
  typeof value === 'string' && PLAIN.test(value) ? `${key}=${redact(value)}` : `${key}=${toJson(value, redact)}`;

export const prettyLine = ({ level, msg, fields, ts }: Line, redact: Redact): string => {
  const shown = Object.entries(fields).map((entry) => fieldText(entry, redact));
  const text = [ts.slice(...TIME_IN_ISO), level.padEnd(5), redact(msg), ...shown].join(' ');
  // Texts from outside must not steer the terminal or begin a line of their own.
  return cut(printable(text), MAX_LINE_CHARS);
};
