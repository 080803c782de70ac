/** cpu.max of a cgroup: "max 100000" or "50000 100000", quota and period in µs. */
import { type Either, chain, left, map, right } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import { type ParseError, unexpected } from './parse-error';
import { allFields, endOfWord, wholeNumberAt } from './scan';

/** The quota as a number of CPUs; undefined for "max". */
export const parseCpuMax = (file: string, text: string): Either<ParseError, number | undefined> => {
  const quotaEnd = endOfWord(text, 0);
  if (text.slice(0, quotaEnd) === 'max') return right(undefined);
  return pipe(
    allFields({ quotaUs: wholeNumberAt(file, text, 0), periodUs: wholeNumberAt(file, text, quotaEnd) }),
    chain((limit) =>
      limit.periodUs === 0 ? left(unexpected(file, text, quotaEnd + 1, 'a period above 0')) : right(limit),
    ),
    map(({ quotaUs, periodUs }) => quotaUs / periodUs),
  );
};
