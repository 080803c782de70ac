/** How busy the CPUs are: time at work, stolen and waited for since the sample before, tasks that run, load averages. */
import { type Observable, map } from 'rxjs';
import { type SampleStep, partReader } from './part';
import type { Parts } from './signals/signal';

/** One for each sample; undefined without /proc/stat. */
export const cpuLoad = (steps$: Observable<SampleStep>): Observable<Parts['cpu'] | undefined> =>
  steps$.pipe(map(partReader('cpu')));
