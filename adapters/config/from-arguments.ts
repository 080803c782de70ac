/** The command line as a source: `--addr HOST:PORT`, `--addr=HOST:PORT`, `-a HOST:PORT`, `--independent`. */
import { parseArgs } from 'node:util';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { longName } from './flag-names';
import { keysOf, type Flag, type FlagTable } from './flag';
import type { Given, Source } from './given';
import { unknownKey } from './given';

const optionOf = ({ kind, short }: Flag<unknown>): { type: 'boolean' | 'string'; short?: string } => {
  return { type: kind === 'switch' ? 'boolean' : 'string', ...(short === null ? {} : { short }) };
};

/** Not strict: the messages of parseArgs do not say what is allowed, ours do. */
const tokensOf = (table: FlagTable, args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(table).map(([key, flag]) => [longName(key), optionOf(flag)])),
    strict: false,
    tokens: true,
  }).tokens;

/** @returns Left: one line about the first argument that is no flag of ours. */
export const fromArguments = <Table extends FlagTable>(
  table: Table,
  args: readonly string[],
): Either<string, Source<Table>> => {
  const keysByName = new Map(keysOf(table).map((key) => [longName(key), key]));
  const longNames = [...keysByName.keys()].map((name) => `--${name}`);
  const source: Record<string, Given> = {};
  for (const token of tokensOf(table, args)) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      return E.left(unknownKey(`argument ${JSON.stringify(token.value)}`, longNames));
    }
    const key = keysByName.get(token.name);
    if (key === undefined) return E.left(unknownKey(token.rawName, longNames));
    // A flag at the end without its value reads as the empty text, which no reader takes.
    const text = token.value ?? (table[key]?.kind === 'switch' ? 'true' : '');
    source[key] = { label: `--${longName(key)}`, texts: [...(source[key]?.texts ?? []), text] };
  }
  // Only keys of the table were put in.
  return E.right(source as Source<Table>);
};
