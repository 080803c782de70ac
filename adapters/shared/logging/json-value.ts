/** JSON of anything: what JSON has no form for becomes a text, what cannot be read is named. */
import type { Redact } from './line';

const plain = (value: unknown, redact: Redact): unknown => {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Error) return redact(`${value.name}: ${value.message}`);
  return value;
};

/** Never throws, even for cycles and getters that do. */
export const toJson = (value: unknown, redact: Redact): string => {
  try {
    // Functions and undefined have no JSON; stringify's type does not say so.
    const json = JSON.stringify(value, (_key, inner: unknown) => plain(inner, redact)) as string | undefined;
    return json ?? 'null';
  } catch {
    return '"(cannot be shown)"';
  }
};
