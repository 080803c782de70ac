/** /proc/meminfo; kernel doc filesystems/proc. The kernel writes kB and means KiB. */
import { type Either, map } from 'fp-ts/Either';
import { KIB } from '../../../../machines/shared/units';
import type { Meminfo } from '../../../../streams/raw-sample';
import type { ParseError } from '../../../shared/parse/parse-error';
import { allFields, optionalField, requiredField } from '../../../shared/parse/scan';

const swapUsedBytes = (file: string, text: string): Either<ParseError, number | undefined> =>
  map(({ total, free }: { readonly total: number | undefined; readonly free: number | undefined }) =>
    total === undefined || free === undefined ? undefined : Math.max(0, total - free),
  )(
    allFields({
      total: optionalField(file, text, 'SwapTotal:', KIB),
      free: optionalField(file, text, 'SwapFree:', KIB),
    }),
  );

export const parseMeminfo = (file: string, text: string): Either<ParseError, Meminfo> =>
  allFields({
    totalBytes: requiredField(file, text, 'MemTotal:', KIB),
    freeBytes: requiredField(file, text, 'MemFree:', KIB),
    availableBytes: requiredField(file, text, 'MemAvailable:', KIB),
    cachedBytes: requiredField(file, text, 'Cached:', KIB),
    dirtyBytes: requiredField(file, text, 'Dirty:', KIB),
    writebackBytes: requiredField(file, text, 'Writeback:', KIB),
    shmemBytes: requiredField(file, text, 'Shmem:', KIB),
    swapUsedBytes: swapUsedBytes(file, text),
    commitLimitBytes: optionalField(file, text, 'CommitLimit:', KIB),
    committedBytes: optionalField(file, text, 'Committed_AS:', KIB),
  });
