/** memory.stat of a cgroup; kernel doc admin-guide/cgroup-v2. Bytes, and pages of 4 KiB for the refaults. */
import { type Either, isLeft, right } from 'fp-ts/Either';
import type { MemoryStat } from '../../../../streams/raw-sample';
import type { ParseError } from '../../../shared/parse/parse-error';
import { allFields, optionalField, requiredField } from '../../../shared/parse/scan';
import { PAGE_BYTES, loggedPages } from '../page-size';

/** What `kernel` is made of, for kernels before 5.18 which do not sum it. */
const KERNEL_PARTS = ['kernel_stack ', 'pagetables ', 'percpu ', 'vmalloc ', 'slab '];

const sumOfParts = (file: string, text: string): Either<ParseError, number> => {
  let bytes = 0;
  for (const key of KERNEL_PARTS) {
    const part = optionalField(file, text, key);
    if (isLeft(part)) return part;
    bytes += part.right ?? 0;
  }
  return right(bytes);
};

const kernelBytes = (file: string, text: string): Either<ParseError, number> => {
  const kernel = optionalField(file, text, 'kernel ');
  if (isLeft(kernel)) return kernel;
  return kernel.right === undefined ? sumOfParts(file, text) : right(kernel.right);
};

export const parseMemoryStat = (file: string, text: string, pageBytes = PAGE_BYTES): Either<ParseError, MemoryStat> =>
  allFields({
    anonBytes: requiredField(file, text, 'anon '),
    fileBytes: requiredField(file, text, 'file '),
    kernelBytes: kernelBytes(file, text),
    shmemBytes: requiredField(file, text, 'shmem '),
    fileMappedBytes: requiredField(file, text, 'file_mapped '),
    activeFileBytes: optionalField(file, text, 'active_file '),
    refaultAnonPages: optionalField(file, text, 'workingset_refault_anon ', loggedPages(pageBytes)),
    refaultFilePages: optionalField(file, text, 'workingset_refault_file ', loggedPages(pageBytes)),
  });
