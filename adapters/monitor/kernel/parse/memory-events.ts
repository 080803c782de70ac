/** memory.events and memory.events.local of a cgroup: how often each line was crossed. */
import type { Either } from 'fp-ts/Either';
import type { MemoryEvents } from '../../../../streams/raw-sample';
import type { ParseError } from '../../../shared/parse/parse-error';
import { allFields, requiredField } from '../../../shared/parse/scan';

export const parseMemoryEvents = (file: string, text: string): Either<ParseError, MemoryEvents> =>
  allFields({
    high: requiredField(file, text, 'high '),
    oomKill: requiredField(file, text, 'oom_kill '),
  });
