/** PSI files, of a cgroup or of /proc/pressure; kernel doc accounting/psi. Only `total=` (µs) is used. */
import { type Either, left, right } from 'fp-ts/Either';
import type { StallTotals } from '../../../../streams/raw-sample';
import { type ParseError, missing } from '../../../shared/parse/parse-error';
import { afterKey, allFields, wholeNumberAt } from '../../../shared/parse/scan';

const TOTAL = ' total=';

const totalOfLine = (file: string, text: string, lineAt: number, line: string): Either<ParseError, number> => {
  const lineEnd = text.indexOf('\n', lineAt);
  const totalAt = text.indexOf(TOTAL, lineAt - 1);
  return totalAt < 0 || (lineEnd >= 0 && totalAt > lineEnd)
    ? left(missing(file, text, `total= of the line "${line}"`))
    : wholeNumberAt(file, text, totalAt + TOTAL.length);
};

const someTotal = (file: string, text: string): Either<ParseError, number> => {
  const at = afterKey(text, 'some ');
  return at < 0 ? left(missing(file, text, 'the line "some"')) : totalOfLine(file, text, at, 'some');
};

const fullTotal = (file: string, text: string): Either<ParseError, number | undefined> => {
  const at = afterKey(text, 'full ');
  return at < 0 ? right(undefined) : totalOfLine(file, text, at, 'full');
};

export const parsePressure = (file: string, text: string): Either<ParseError, StallTotals> =>
  allFields({ someUs: someTotal(file, text), fullUs: fullTotal(file, text) });
