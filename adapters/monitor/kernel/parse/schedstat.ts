/**
 * /proc/schedstat, versions 15 to 17; kernel doc scheduler/sched-stats. Column 8 of a line "cpuN" is
 * the time, in ns, that tasks spent waiting to run on that CPU, and column 9 how many timeslices were run there.
 */
import { type Either, filterOrElse, isLeft, left, right } from 'fp-ts/Either';
import { pipe } from 'fp-ts/function';
import type { RunDelay } from '../../../../streams/raw-sample';
import { type ParseError, missing, unexpected } from '../../../shared/parse/parse-error';
import { afterKey, endOfWord, requiredField, skipBlanks, wholeNumberAt } from '../../../shared/parse/scan';

const OLDEST_VERSION = 15;
const NEWEST_VERSION = 17;
const RUN_DELAY_COLUMN = 8;
const TIMESLICES_COLUMN = 9;
const CPU_LINE = '\ncpu';
/** 2^64 has 20 digits. */
const WHOLE_NUMBER = /^\d{1,20}$/;

const version = (file: string, text: string): Either<ParseError, number> =>
  pipe(
    requiredField(file, text, 'version '),
    filterOrElse(
      (found) => found >= OLDEST_VERSION && found <= NEWEST_VERSION,
      () => unexpected(file, text, afterKey(text, 'version '), `a version from ${OLDEST_VERSION} to ${NEWEST_VERSION}`),
    ),
  );

/**
 * ns as whole µs: the last three digits are left out before the text becomes a number, because 2^53 ns
 * are only 104 days of waiting on one CPU, and 2^53 µs are 285 years.
 */
const microsecondsAt = (file: string, text: string, at: number): Either<ParseError, number> => {
  const start = skipBlanks(text, at);
  const word = text.slice(start, endOfWord(text, start));
  if (!WHOLE_NUMBER.test(word)) return left(unexpected(file, text, start, 'a whole number from 0 (run delay)'));
  const us = Number(word.slice(0, -3));
  return us > Number.MAX_SAFE_INTEGER ? left(unexpected(file, text, start, 'at most 2^53 - 1 µs')) : right(us);
};

const column = (text: string, lineStart: number, index: number): number => {
  let at = lineStart;
  for (let passed = 0; passed < index; passed += 1) at = endOfWord(text, skipBlanks(text, at));
  return at;
};

export const parseSchedstat = (file: string, text: string): Either<ParseError, RunDelay> => {
  const known = version(file, text);
  if (isLeft(known)) return known;
  let runDelayUs = 0;
  let timeslices = 0;
  let cpus = 0;
  for (let at = text.indexOf(CPU_LINE); at >= 0; at = text.indexOf(CPU_LINE, at + 1)) {
    const delay = microsecondsAt(file, text, column(text, at + 1, RUN_DELAY_COLUMN));
    if (isLeft(delay)) return delay;
    const slices = wholeNumberAt(file, text, column(text, at + 1, TIMESLICES_COLUMN));
    if (isLeft(slices)) return slices;
    runDelayUs += delay.right;
    timeslices += slices.right;
    cpus += 1;
  }
  return cpus === 0 ? left(missing(file, text, 'a line "cpu0"')) : right({ runDelayUs, timeslices, cpus });
};
