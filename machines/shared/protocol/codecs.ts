/** io-ts codecs for values that parseJson has read: they see LosslessNumber, not number. */
import * as E from 'fp-ts/Either';
import { isLosslessNumber } from 'lossless-json';
import * as t from 'io-ts';

const U64_MAX = 2n ** 64n - 1n;
/** Digits of the largest unsigned 64-bit integer; longer literals need no arithmetic to be refused. */
const U64_DIGITS = 20;

const isU64 = (literal: string): boolean =>
  /^\d+$/.test(literal) && literal.length <= U64_DIGITS && BigInt(literal) <= U64_MAX;

/** A codec that only reads: what it accepts, by name (the name stands in error texts), and how. */
const reads = <A>(name: string, read: (value: unknown) => E.Either<undefined, A>): t.Type<A, unknown> =>
  new t.Type<A, unknown>(
    name,
    (value): value is A => E.isRight(read(value)),
    (value, context) => {
      const result = read(value);
      return E.isRight(result) ? t.success(result.right) : t.failure(value, context);
    },
    t.identity,
  );

/** Unsigned 64-bit integer literal (no sign, fraction or exponent), kept digit for digit. */
export const U64 = reads('an unsigned 64-bit integer', (value) =>
  isLosslessNumber(value) && isU64(value.value) ? E.right(value.value) : E.left(undefined),
);

/** Any JSON number that a double can hold; fractions, zero and negative numbers included. */
export const FiniteNumber = reads('a finite number', (value) => {
  const number = isLosslessNumber(value) ? Number(value.value) : NaN;
  return Number.isFinite(number) ? E.right(number) : E.left(undefined);
});

export const Text = reads('a string', (value) => (typeof value === 'string' ? E.right(value) : E.left(undefined)));

const isJsonObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);

/**
 * An object with at least these fields. Only own properties count and only the named ones are
 * looked at, so that unknown fields (also `__proto__`) do nothing.
 */
export const fields = <P extends t.Props>(props: P): t.Type<t.TypeOfProps<P>, unknown> => {
  const inner = t.type(props);
  return new t.Type<t.TypeOfProps<P>, unknown>(
    'an object',
    inner.is,
    (value, context) => {
      if (!isJsonObject(value)) return t.failure(value, context);
      const own = Object.entries(value).filter(([key]) => Object.hasOwn(props, key));
      return inner.validate(Object.fromEntries(own), context);
    },
    t.identity,
  );
};

/** A field that may be absent (then null), but not null or ill-typed. */
export const orAbsent = <A>(codec: t.Type<A, unknown>): t.Type<A | null, unknown> =>
  new t.Type<A | null, unknown>(
    codec.name,
    (value): value is A | null => value === null || codec.is(value),
    (value, context) => (value === undefined ? t.success(null) : codec.validate(value, context)),
    t.identity,
  );

/** vCPUs: a fraction is one, nothing and less than nothing are not. */
const PositiveNumber = reads('a finite number above 0', (value) => {
  const number = isLosslessNumber(value) ? Number(value.value) : NaN;
  return Number.isFinite(number) && number > 0 ? E.right(number) : E.left(undefined);
});

const PositiveU64 = reads('an unsigned 64-bit integer above 0', (value) =>
  isLosslessNumber(value) && isU64(value.value) && BigInt(value.value) > 0n ? E.right(value.value) : E.left(undefined),
);

/** A size of a VM; how large it may be is not checked here: it is answered, and counts as far as it can (fromWire). */
export const WireSizeCodec = fields({ cpu: PositiveNumber, mem: PositiveU64 });
