/** The command line as a source: `--addr HOST:PORT`, `--addr=HOST:PORT`, `-a HOST:PORT`, `--independent`. */
import { parseArgs } from 'node:util';
import * as E from 'fp-ts/Either';
import { keysOf, longName, type Flag, type FlagTable, type ValuesOf } from '../../../machines/shared/config/flag';
import { readFlags, unknownKey, type Given, type Source } from '../../../machines/shared/config/given';

const optionOf = ({ kind, short }: Flag<unknown>): { type: 'boolean' | 'string'; short?: string } => ({
  type: kind === 'switch' ? 'boolean' : 'string',
  ...(short === undefined ? {} : { short }),
});

/** Not strict: the messages of parseArgs do not say what is allowed, ours do. */
const tokensOf = (table: FlagTable, args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(table).map(([key, flag]) => [longName(key), optionOf(flag)])),
    strict: false,
    tokens: true,
  }).tokens;

/** The value of a flag that needs one. Forgotten, at the end or before another flag, it is the empty text, which no reader takes. */
const valueOf = (value = '', isInline = false): string => (value.startsWith('--') && !isInline ? '' : value);

interface Split<Table extends FlagTable> {
  readonly source: Source<Table>;
  /** What is no flag, and no value of one. */
  readonly positionals: readonly string[];
}

const longNamesOf = (table: FlagTable): readonly string[] => keysOf(table).map((key) => `--${longName(key)}`);

/** @returns Left: one line about the first flag that is none of ours. */
export const splitArguments = <Table extends FlagTable>(
  table: Table,
  args: readonly string[],
): E.Either<string, Split<Table>> => {
  const keysByName = new Map(keysOf(table).map((key) => [longName(key), key]));
  const source: Record<string, Given> = {};
  const positionals: string[] = [];
  for (const token of tokensOf(table, args)) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const key = keysByName.get(token.name);
    if (key === undefined) return E.left(unknownKey(token.rawName, longNamesOf(table)));
    const text = table[key]?.kind === 'switch' ? (token.value ?? 'true') : valueOf(token.value, token.inlineValue);
    source[key] = { label: `--${longName(key)}`, texts: [...(source[key]?.texts ?? []), text] };
  }
  // Only keys of the table were put in.
  return E.right({ source: source as Source<Table>, positionals });
};

/** @returns Left: one line about an argument that is no flag of ours. */
export const fromArguments = <Table extends FlagTable>(
  table: Table,
  args: readonly string[],
): E.Either<string, Source<Table>> => {
  const split = splitArguments(table, args);
  if (E.isLeft(split)) return split;
  const [positional] = split.right.positionals;
  return positional === undefined
    ? E.right(split.right.source)
    : E.left(unknownKey(`argument ${JSON.stringify(positional)}`, longNamesOf(table)));
};

/** The values of a command that has only its command line. */
export const flagsFromArguments = <Table extends FlagTable>(
  table: Table,
  args: readonly string[],
): E.Either<string, ValuesOf<Table>> =>
  E.chain((source: Source<Table>) => readFlags(table, source))(fromArguments(table, args));
