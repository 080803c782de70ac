/** /proc/meminfo; kernel doc filesystems/proc. The kernel writes kB and means KiB. */
import type { Either } from 'fp-ts/Either';
import { KIB } from '../../../../machines/shared/units';
import type { Meminfo } from '../../../../streams/raw-sample';
import type { ParseError } from '../../../shared/parse/parse-error';
import { allFields, optionalField, requiredField } from '../../../shared/parse/scan';

export const parseMeminfo = (file: string, text: string): Either<ParseError, Meminfo> =>
  allFields({
    totalBytes: requiredField(file, text, 'MemTotal:', KIB),
    freeBytes: requiredField(file, text, 'MemFree:', KIB),
    availableBytes: requiredField(file, text, 'MemAvailable:', KIB),
    cachedBytes: requiredField(file, text, 'Cached:', KIB),
    dirtyBytes: requiredField(file, text, 'Dirty:', KIB),
    writebackBytes: requiredField(file, text, 'Writeback:', KIB),
    shmemBytes: requiredField(file, text, 'Shmem:', KIB),
    commitLimitBytes: optionalField(file, text, 'CommitLimit:', KIB),
    committedBytes: optionalField(file, text, 'Committed_AS:', KIB),
  });
