/**
 * For how long tasks stood still for lack of memory, CPU or I/O since the sample before (PSI): in the managed cgroup, or
 * in the whole VM where the cgroup has no files for it.
 */
import { type Observable, map } from 'rxjs';
import { type SampleStep, partReader } from './part';
import type { Parts } from './signals/signal';

/** One for each sample; undefined where no pressure can be read. The first one after a gap has no times. */
export const pressure = (steps$: Observable<SampleStep>): Observable<Parts['pressure'] | undefined> =>
  steps$.pipe(map(partReader('pressure')));
