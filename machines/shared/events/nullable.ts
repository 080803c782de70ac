import * as t from 'io-ts';
import { defaulted } from './defaulted';

/** A value that may be known to be missing; JSON has no undefined. */
export const nullable = <C extends t.Mixed>(codec: C): t.UnionC<[C, t.NullC]> => t.union([codec, t.null]);

/** A field that logs of older builds do not have: absent reads as null. */
export const absentAsNull = <C extends t.Mixed>(codec: C): t.Type<t.TypeOf<C> | null, t.OutputOf<C> | null> =>
  defaulted(nullable(codec), null);
