/** cpu.stat of a cgroup: the CPU time it has used, in µs. */
import type { Either } from 'fp-ts/Either';
import type { ParseError } from '../../../shared/parse/parse-error';
import { requiredField } from '../../../shared/parse/scan';

export const parseCpuUsage = (file: string, text: string): Either<ParseError, number> =>
  requiredField(file, text, 'usage_usec ');
