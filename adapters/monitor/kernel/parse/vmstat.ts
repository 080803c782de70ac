/** /proc/vmstat: pages swapped in and out since boot. */
import type { Either } from 'fp-ts/Either';
import type { SwapCounters } from '../../../../streams/raw-sample';
import type { ParseError } from '../../../shared/parse/parse-error';
import { allFields, requiredField } from '../../../shared/parse/scan';

export const parseVmstat = (file: string, text: string): Either<ParseError, SwapCounters> =>
  allFields({
    swapInPages: requiredField(file, text, 'pswpin '),
    swapOutPages: requiredField(file, text, 'pswpout '),
  });
