import * as t from 'io-ts';

/** A value that may be known to be missing; JSON has no undefined. */
export const nullable = <C extends t.Mixed>(codec: C): t.UnionC<[C, t.NullC]> => t.union([codec, t.null]);

/** A field that logs of older builds do not have: absent reads as null. */
export const absentAsNull = <C extends t.Mixed>(codec: C): t.Type<t.TypeOf<C> | null, t.OutputOf<C> | null> => {
  const known = nullable(codec);
  return new t.Type(known.name, known.is, (input, context) => known.validate(input ?? null, context), known.encode);
};
