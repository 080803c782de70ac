import * as t from 'io-ts';

/**
 * A number that JSON can hold. io-ts' own also takes NaN and Infinity, which are written as null: a log with
 * one of them could not be read again.
 */
export const finite = new t.Type<number>(
  'a finite number',
  (value): value is number => Number.isFinite(value),
  (value, context) =>
    typeof value === 'number' && Number.isFinite(value) ? t.success(value) : t.failure(value, context),
  t.identity,
);
