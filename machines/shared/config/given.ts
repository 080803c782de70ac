/**
 * What one source says (command line, environment, config file, options), before it is understood:
 * texts, and how the user named the flag there. Sources differ in spelling only; they are laid over
 * each other as such and read once.
 */
import * as E from 'fp-ts/Either';
import { HIDDEN, keysOf, longName, type Flag, type FlagTable, type KeyOf, type ValuesOf } from './flag';
import { didYouMean } from './nearest';

export interface Given {
  readonly texts: readonly string[];
  /** As the user wrote the key: `--addr`, `VM_MONITOR_ADDR`, `addr`. */
  readonly label: string;
}
export type Source<Table extends FlagTable> = Partial<Readonly<Record<KeyOf<Table>, Given>>>;

/** Longer values are cut in messages, which are one line. */
const MAX_SHOWN_CHARS = 120;

const shown = (flag: Flag<unknown> | undefined, texts: readonly string[]): string => {
  if (flag?.secret === true) return HIDDEN;
  const text = JSON.stringify(texts.join(','));
  return text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text;
};

/** The line about a bad value: key, value, what is allowed. */
export const badValue = <Table extends FlagTable>(
  table: Table,
  source: Source<Table>,
  key: KeyOf<Table>,
  allowed: string,
): string => {
  const flag = table[key];
  const given = source[key] ?? { label: `--${longName(key)}`, texts: [flag?.default ?? ''] };
  return `${given.label} ${shown(flag, given.texts)}: expected ${allowed}`;
};

/** The line about an unknown key. @param label begins with the key */
export const unknownKey = (label: string, allowed: readonly string[]): string => {
  const [key = ''] = label.split(' ', 1);
  return `${label.slice(0, MAX_SHOWN_CHARS)}: unknown, allowed are ${allowed.join(', ')}${didYouMean(key, allowed)}`;
};

/** Reads every flag; the first bad value is the Left. */
export const readFlags = <Table extends FlagTable>(
  table: Table,
  source: Source<Table>,
): E.Either<string, ValuesOf<Table>> => {
  const values: Record<string, unknown> = {};
  for (const key of keysOf(table)) {
    const value = table[key]?.read(source[key]?.texts ?? []) ?? E.right(undefined);
    if (E.isLeft(value)) return E.left(badValue(table, source, key, value.left));
    values[key] = value.right;
  }
  // Each value comes from the row of its own key; the compiler cannot follow that through a loop.
  return E.right(values as ValuesOf<Table>);
};
