/** Files that hold one value: memory.current, memory.swap.current, memory.high, vm.overcommit_memory. */
import { type Either, left, right } from 'fp-ts/Either';
import { type ParseError, missing } from './parse-error';
import { wholeNumberAt } from './scan';

export const parseSingleNumber = (file: string, text: string): Either<ParseError, number> =>
  text.trim() === '' ? left(missing(file, text, 'a number')) : wholeNumberAt(file, text, 0);

/** A limit: undefined for "max". */
export const parseLimit = (file: string, text: string): Either<ParseError, number | undefined> =>
  text.trim() === 'max' ? right(undefined) : parseSingleNumber(file, text);
