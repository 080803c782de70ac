/** Options of a core: texts as in the configuration file. A bad one is a RangeError of one line: key, value, what is allowed. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { FlagTable, KeyOf, ValuesOf } from '../shared/config/flag';
import { fromRecord, type OptionValue } from '../shared/config/from-record';
import { badValue, readFlags, type Source } from '../shared/config/given';

/** Keys of the table, all optional. */
export type OptionsOf<Table extends FlagTable> = { readonly [Key in keyof Table]?: OptionValue | undefined };

export const orThrow = <Value>(read: Either<string, Value>): Value => {
  if (E.isLeft(read)) throw new RangeError(read.left);
  return read.right;
};

export interface GivenOptions<Table extends FlagTable> {
  readonly values: ValuesOf<Table>;
  readonly source: Source<Table>;
}

/**
 * Throws RangeError.
 *
 * @param place where they stand, for messages: ' of vms[1]', or ''
 */
export const readOptions = <Table extends FlagTable>(
  table: Table,
  options: Readonly<Record<string, unknown>>,
  place: string,
): GivenOptions<Table> => {
  const source = orThrow(fromRecord(table, options, place));
  return { values: orThrow(readFlags(table, source)), source };
};

/** For an option that is fine alone but not with the others. */
export const clashOf = <Table extends FlagTable>(
  table: Table,
  { source }: GivenOptions<Table>,
  key: KeyOf<Table>,
  expected: string,
): RangeError => new RangeError(badValue(table, source, key, expected));
