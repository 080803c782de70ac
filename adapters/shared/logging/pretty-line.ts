/** `12:00:00.000 info  listening addr=127.0.0.1:10301`: the same fields as in JSON, for people. */
import { fieldText } from './field-text';
import { cut, MAX_LINE_BYTES, type Level, type Line, type Redact } from './line';
import { printable } from './printable';
import { fillSentence, type Sentences } from './sentence';

export interface Readable {
  readonly sentences: Sentences;
  /** Of the level, by the control sequences of ECMA-48. */
  readonly colours: 'ansi' | 'none';
  /** The wall clock of UTC, or local time with its distance from UTC. */
  readonly time: 'utc' | 'local';
}

/** Shown without quotes. */
const PLAIN = /^[\w.:/[\]-]+$/;
/** By these a program finds the event, and the numbers of its reason; people have the event log for it. */
const FOR_PROGRAMS: ReadonlySet<string> = new Set(['event', 'seq', 'at', 'parts']);
/** A character is at most 3 bytes of UTF-8 (a pair of surrogates 4), the ellipsis 3, and the colours have 9. */
const MAX_LINE_CHARS = Math.floor((MAX_LINE_BYTES - 12) / 3);
const TIME_IN_ISO = [11, 23] as const;
const MINUTE_MS = 60_000;

const COLOURS: Readonly<Record<Level, number>> = { info: 32, warn: 33, error: 31 };

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** "+02:00" */
const distanceText = (minutes: number): string =>
  `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(Math.abs(minutes) / 60))}:${twoDigits(Math.abs(minutes) % 60)}`;

const localTime = (ts: string): string => {
  const minutes = -new Date(ts).getTimezoneOffset();
  const shifted = new Date(Date.parse(ts) + minutes * MINUTE_MS);
  return `${shifted.toISOString().slice(...TIME_IN_ISO)}${distanceText(minutes)}`;
};

const pair = (key: string, value: unknown, redact: Redact): string => {
  const text = fieldText(key, value, redact) ?? 'null';
  const isQuoted = (typeof value === 'string' || text.includes(' ')) && !PLAIN.test(text);
  return `${key}=${isQuoted ? JSON.stringify(text) : text}`;
};

const withoutSentence = ({ msg, fields }: Line, redact: Redact): string => {
  const shown = Object.entries(fields).filter(([key, value]) => value !== undefined && !FOR_PROGRAMS.has(key));
  return [redact(msg), ...shown.map(([key, value]) => pair(key, value, redact))].join(' ');
};

const textOf = (line: Line, redact: Redact, { sentences }: Readable): string => {
  const sentence = sentences[line.msg];
  if (sentence === undefined) return withoutSentence(line, redact);
  return fillSentence(sentence, (field) => fieldText(field, line.fields[field], redact));
};

export const prettyLine = (line: Line, redact: Redact, readable: Readable): string => {
  const { level, ts } = line;
  // Texts from outside must not steer the terminal or begin a line of their own.
  const text = cut(printable(textOf(line, redact, readable)), MAX_LINE_CHARS - ts.length - level.length);
  const word = level.padEnd(5);
  const shown = readable.colours === 'ansi' ? `\u001b[${COLOURS[level]}m${word}\u001b[0m` : word;
  const time = readable.time === 'utc' ? ts.slice(...TIME_IN_ISO) : localTime(ts);
  return `${time} ${shown} ${text}`;
};
