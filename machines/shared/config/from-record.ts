/** A record with camelCase keys as a source: the options of startMonitor and the config file. */
import * as E from 'fp-ts/Either';
import * as t from 'io-ts';
import { finite } from '../events/finite';
import { isKeyOf, keysOf, type Flag, type FlagTable } from './flag';
import { unknownKey, type Given, type Source } from './given';

/** The flag's text; numbers and booleans may stand as such, lists as arrays. */
const OptionValue = t.union([t.string, finite, t.boolean, t.readonlyArray(t.string)]);
export type OptionValue = t.TypeOf<typeof OptionValue>;

const textsOf = (kind: Flag<unknown>['kind'] | undefined, value: unknown): E.Either<string, readonly string[]> => {
  if (!OptionValue.is(value)) return E.left(kind === 'list' ? 'a text or an array of texts' : 'a text');
  if (typeof value !== 'object') return E.right([String(value)]);
  return kind === 'list' ? E.right(value) : E.left('one value, not an array');
};

const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
};

/**
 * @param place where the record stands, for messages: ' in /etc/vm-monitor.json', or ''
 * @returns Left: one line about the first unknown key or value that is no text. Keys whose value is
 * undefined count as not given.
 */
export const fromRecord = <Table extends FlagTable>(
  table: Table,
  record: Readonly<Record<string, unknown>>,
  place: string,
): E.Either<string, Source<Table>> => {
  const source: Record<string, Given> = {};
  for (const [key, value] of Object.entries(record)) {
    if (value === undefined) continue;
    const label = `${key}${place}`;
    if (!isKeyOf(table, key)) return E.left(unknownKey(label, keysOf(table)));
    const texts = textsOf(table[key]?.kind, value);
    if (E.isLeft(texts)) return E.left(`${label} is ${kindOf(value)}: expected ${texts.left}`);
    source[key] = { label, texts: texts.right };
  }
  // Only keys of the table were put in.
  return E.right(source as Source<Table>);
};
