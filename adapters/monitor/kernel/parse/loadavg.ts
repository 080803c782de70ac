/** /proc/loadavg: "0.48 0.22 0.12 1/89 5363". */
import { type Either, left, right } from 'fp-ts/Either';
import type { LoadAverage } from '../../../../streams/raw-sample';
import { type ParseError, unexpected } from '../../../shared/parse/parse-error';
import { allFields, endOfWord, skipBlanks } from '../../../shared/parse/scan';

/** The kernel writes two digits behind the point. */
const LOAD = /^\d{1,9}\.\d{1,9}$/;

const loadAt = (file: string, text: string, at: number): Either<ParseError, number> => {
  const word = text.slice(at, endOfWord(text, at));
  return LOAD.test(word) ? right(Number(word)) : left(unexpected(file, text, at, 'a load average such as 0.48'));
};

export const parseLoadavg = (file: string, text: string): Either<ParseError, LoadAverage> =>
  allFields({
    load1: loadAt(file, text, 0),
    load5: loadAt(file, text, skipBlanks(text, endOfWord(text, 0))),
  });
