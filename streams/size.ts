/** How large the VM is, as the kernel shows it: MemTotal, the CPUs that are online, and the quota in cpu.max. */
import { type Observable, map } from 'rxjs';
import { type SampleStep, partReader } from './part';
import type { SizePart } from './signals/signal';

const readSize = partReader('size');
const UNKNOWN: SizePart = {};

/** One for each sample; it has what could be read. */
export const observedSizes = (steps$: Observable<SampleStep>): Observable<SizePart> =>
  steps$.pipe(map((step) => readSize(step) ?? UNKNOWN));
