import * as t from 'io-ts';

/** A value that may be known to be missing; JSON has no undefined. */
export const nullable = <C extends t.Mixed>(codec: C): t.UnionC<[C, t.NullC]> => t.union([codec, t.null]);
