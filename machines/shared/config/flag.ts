/** What a row of a table of flags holds, and the four kinds of rows. */
import * as E from 'fp-ts/Either';
import type { TextReader } from './texts/text-reader';
import { onOff } from './texts/words';

/** What messages and logs show where a secret was. */
export const HIDDEN = '***';

interface Row {
  /** One letter. */
  readonly short?: string;
  /** What the value is, for people: 'HOST:PORT'; '' for a switch. */
  readonly value: string;
  /** What holds if the flag is not given, for people. */
  readonly default: string;
  /** One line: what it does and in which unit. */
  readonly help: string;
  /** The value may hold a password: messages do not repeat it. */
  readonly secret?: boolean;
}

export interface Flag<Value> extends Row {
  /** A switch needs no value, a list may be given several times (or once with commas). */
  readonly kind: 'single' | 'list' | 'switch';
  /** From the texts given; none: the default. Left says what is allowed. */
  readonly read: (texts: readonly string[]) => E.Either<string, Value>;
}

/** A table of flags: the monitor's (flags.ts), the agent's. */
export type FlagTable = Readonly<Record<string, Flag<unknown>>>;

export type KeyOf<Table extends FlagTable> = keyof Table & string;

/** The value of each flag. */
export type ValuesOf<Table extends FlagTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Flag<infer Value> ? Value : never;
};

export const isKeyOf = <Table extends FlagTable>(table: Table, key: string): key is KeyOf<Table> =>
  Object.hasOwn(table, key);

/** In the order of the table. */
export const keysOf = <Table extends FlagTable>(table: Table): readonly KeyOf<Table>[] =>
  Object.keys(table).filter((key) => isKeyOf(table, key));

/** A flag has three spellings: `eventLogMax`, `--event-log-max` and `VM_MONITOR_EVENT_LOG_MAX`. */
export const ENVIRONMENT_PREFIX = 'VM_MONITOR_';

/** The long name without the dashes before it. */
export const longName = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

export const environmentName = (key: string): string =>
  ENVIRONMENT_PREFIX + longName(key).replaceAll('-', '_').toUpperCase();

/** One value; its default is a text like any other. Of several texts the last one holds. */
export const single = <Value>(row: Row, reader: TextReader<Value>): Flag<Value> => ({
  kind: 'single',
  ...row,
  read: (texts) => reader(texts.at(-1) ?? row.default),
});

/** One value, or null when it is not given; the default text only describes what null means. */
export const optional = <Value>(row: Row, reader: TextReader<Value>): Flag<Value | null> => ({
  kind: 'single',
  ...row,
  read: (texts) => {
    const text = texts.at(-1);
    return text === undefined ? E.right(null) : reader(text);
  },
});

/** Longer lists are a mistake, and each entry costs time at every connect. */
const MAX_LIST_ENTRIES = 256;

/** Any number of values; the default text describes what the empty list means. */
export const list = <Value>(row: Row, reader: TextReader<Value>): Flag<readonly Value[]> => ({
  kind: 'list',
  ...row,
  read: (texts) => {
    const entries = texts.flatMap((text) => text.split(','));
    if (entries.length > MAX_LIST_ENTRIES) return E.left(`at most ${MAX_LIST_ENTRIES} entries`);
    return E.traverseArray(reader)(entries.map((entry) => entry.trim()));
  },
});

/** Off unless given. */
export const toggle = (row: Pick<Row, 'help'>): Flag<boolean> => ({
  kind: 'switch',
  ...row,
  value: '',
  default: 'off',
  read: (texts) => onOff(texts.at(-1) ?? 'off'),
});
