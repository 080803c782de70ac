/** The command line as a source: `--addr HOST:PORT`, `--addr=HOST:PORT`, `-a HOST:PORT`, `--independent`. */
import { parseArgs } from 'node:util';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { longName } from './flag-names';
import type { FlagKey } from './flags';
import { FLAG_KEYS, FLAGS } from './flags';
import type { Source } from './given';
import { unknownKey } from './given';

const KEYS_BY_NAME: ReadonlyMap<string, FlagKey> = new Map(FLAG_KEYS.map((key) => [longName(key), key]));

const optionOf = (key: FlagKey): { type: 'boolean' | 'string'; short?: string } => {
  const { kind, short } = FLAGS[key];
  return { type: kind === 'switch' ? 'boolean' : 'string', ...(short === null ? {} : { short }) };
};

/** Not strict: the messages of parseArgs do not say what is allowed, ours do. */
const tokensOf = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: Object.fromEntries(FLAG_KEYS.map((key) => [longName(key), optionOf(key)])),
    strict: false,
    tokens: true,
  }).tokens;

const LONG_NAMES = FLAG_KEYS.map((key) => `--${longName(key)}`);

/** @returns Left: one line about the first argument that is no flag of ours. */
export const fromArguments = (args: readonly string[]): Either<string, Source> => {
  const source: { -readonly [Key in keyof Source]: Source[Key] } = {};
  for (const token of tokensOf(args)) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      return E.left(unknownKey(`argument ${JSON.stringify(token.value)}`, LONG_NAMES));
    }
    const key = KEYS_BY_NAME.get(token.name);
    if (key === undefined) return E.left(unknownKey(token.rawName, LONG_NAMES));
    // A flag at the end without its value reads as the empty text, which no reader takes.
    const text = token.value ?? (FLAGS[key].kind === 'switch' ? 'true' : '');
    source[key] = { label: `--${longName(key)}`, texts: [...(source[key]?.texts ?? []), text] };
  }
  return E.right(source);
};
