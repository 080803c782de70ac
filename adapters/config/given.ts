/**
 * What one source says (command line, environment, config file, options), before it is understood:
 * texts, and how the user named the flag there. Sources differ in spelling only; they are laid over
 * each other as such and read once.
 */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { HIDDEN } from '../logging/redact';
import type { Flag } from './flag';
import { longName } from './flag-names';
import type { FlagKey, FlagValues } from './flags';
import { FLAG_KEYS, FLAGS } from './flags';

export interface Given {
  readonly texts: readonly string[];
  /** As the user wrote the key: `--addr`, `VM_MONITOR_ADDR`, `addr`. */
  readonly label: string;
}
export type Source = Partial<Readonly<Record<FlagKey, Given>>>;

/** Longer values are cut in messages, which are one line. */
const MAX_SHOWN_CHARS = 120;

const shown = (key: FlagKey, texts: readonly string[]): string => {
  if (FLAGS[key].secret) return HIDDEN;
  const text = JSON.stringify(texts.join(','));
  return text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text;
};

/** The line about a bad value: key, value, what is allowed. */
export const badValue = (source: Source, key: FlagKey, allowed: string): string => {
  const given = source[key] ?? { label: `--${longName(key)}`, texts: [FLAGS[key].defaultText] };
  return `${given.label} ${shown(key, given.texts)}: expected ${allowed}`;
};

/** The line about an unknown key. */
export const unknownKey = (label: string, allowed: readonly string[]): string =>
  `${label.slice(0, MAX_SHOWN_CHARS)}: unknown, allowed are ${allowed.join(', ')}`;

/** Reads every flag; the first bad value is the Left. */
export const readFlags = (source: Source): Either<string, FlagValues> => {
  const values: Partial<Record<FlagKey, unknown>> = {};
  for (const key of FLAG_KEYS) {
    const flag: Flag<unknown> = FLAGS[key];
    const value = flag.read(source[key]?.texts ?? []);
    if (E.isLeft(value)) return E.left(badValue(source, key, value.left));
    values[key] = value.right;
  }
  // Each value comes from the row of its own key; the compiler cannot follow that through a loop.
  return E.right(values as FlagValues);
};
