/** `{"level":"info","msg":"listening","addr":"127.0.0.1:10301","ts":"2026-01-31T12:00:00.000Z"}` */
import { toJson } from './json-value';
import { cut, MAX_LINE_BYTES, type Line, type Redact } from './line';

/**
 * A line that would be too long keeps this much of its message and of its fields. A character is at
 * most 6 bytes once escaped twice, so both fit together: 2 × 600 × 6 < 8 KiB.
 */
const MAX_CUT_CHARS = 600;

/** Fields cannot take the place of these. */
const OWN_KEYS: ReadonlySet<string> = new Set(['level', 'msg', 'ts']);

const textOf = ({ level, msg, fields, ts }: Line, redact: Redact): string => {
  const given = Object.entries(fields).filter(([key, value]) => value !== undefined && !OWN_KEYS.has(key));
  // One by one, so that a field that cannot be shown does not hide the others.
  const members = [['level', level], ['msg', msg], ...given, ['ts', ts]] as const;
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${toJson(value, redact)}`).join(',')}}`;
};

export const jsonLine = (line: Line, redact: Redact): string => {
  const text = textOf(line, redact);
  if (Buffer.byteLength(text) <= MAX_LINE_BYTES) return text;
  const msg = cut(redact(line.msg), MAX_CUT_CHARS);
  const fields = { cut: cut(toJson(line.fields, redact), MAX_CUT_CHARS) };
  return textOf({ ...line, msg, fields }, redact);
};
