/** /proc/vmstat: pages swapped in and out since boot, as pages of 4 KiB. */
import type { Either } from 'fp-ts/Either';
import type { SwapCounters } from '../../../../streams/raw-sample';
import type { ParseError } from '../../../shared/parse/parse-error';
import { allFields, requiredField } from '../../../shared/parse/scan';
import { PAGE_BYTES, loggedPages } from '../page-size';

export const parseVmstat = (file: string, text: string, pageBytes = PAGE_BYTES): Either<ParseError, SwapCounters> =>
  allFields({
    swapInPages: requiredField(file, text, 'pswpin ', loggedPages(pageBytes)),
    swapOutPages: requiredField(file, text, 'pswpout ', loggedPages(pageBytes)),
  });
