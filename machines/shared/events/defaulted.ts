import * as t from 'io-ts';

/** A field that older logs do not have: there it is `fallback`. */
export const defaulted = <A, O>(codec: t.Type<A, O>, fallback: A): t.Type<A, O> =>
  new t.Type(
    codec.name,
    codec.is,
    (value, path) => (value === undefined ? t.success(fallback) : codec.validate(value, path)),
    codec.encode,
  );
