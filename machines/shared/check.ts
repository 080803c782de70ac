/**
 * Checks of arguments by table: what is allowed, as a test and in words. A value that is not
 * allowed throws a RangeError that names it, shows it and says what is allowed.
 */

export interface Allowed {
  /** Ends the sentence "allowed: …". */
  readonly words: string;
  readonly holds: (value: unknown) => boolean;
}

/** A finite number with a condition; strings that look like numbers are refused. */
const finite = (words: string, holds: (value: number) => boolean): Allowed => ({
  words,
  holds: (value) => typeof value === 'number' && Number.isFinite(value) && holds(value),
});

export const FINITE = finite('a finite number', () => true);
export const POSITIVE = finite('a finite number > 0', (value) => value > 0);
export const NOT_NEGATIVE = finite('a finite number >= 0', (value) => value >= 0);
/** A share of a whole that is neither nothing nor all. */
export const PROPER_FRACTION = finite('a number > 0 and < 1', (value) => value > 0 && value < 1);
export const BOOLEAN: Allowed = { words: 'true or false', holds: (value) => typeof value === 'boolean' };

export const atLeast = (low: number): Allowed => finite(`a finite number >= ${low}`, (value) => value >= low);
export const integerFrom = (low: number): Allowed =>
  finite(`an integer >= ${low}`, (value) => Number.isInteger(value) && value >= low);

/** Throws RangeError unless `value` is allowed. `name` is the path of the argument, e.g. "config.windowMs". */
export const requireAllowed = (name: string, value: unknown, allowed: Allowed): void => {
  if (!allowed.holds(value)) throw new RangeError(`${name} is ${String(value)}; allowed: ${allowed.words}`);
};

/** Checks each field that stands in the table; a missing field is refused as undefined. */
export const requireFields = (path: string, record: object, table: Readonly<Record<string, Allowed>>): void => {
  for (const [field, allowed] of Object.entries(table)) {
    requireAllowed(`${path}.${field}`, Reflect.get(record, field), allowed);
  }
};

const LIST: Allowed = { words: 'a list', holds: Array.isArray };

/** Checks each value of a list; holes are refused as undefined. */
export const requireEach = (path: string, values: readonly unknown[], allowed: Allowed): void => {
  requireAllowed(path, values, LIST);
  const at = values.findIndex((value) => !allowed.holds(value));
  if (at >= 0) requireAllowed(`${path}[${at}]`, values[at], allowed);
};
