/** What memory is used for and what is left of it: in the VM (/proc/meminfo and others) and in the managed cgroup. */
import { type Observable, map } from 'rxjs';
import { type SampleStep, partReader } from './part';
import type { Parts } from './signals/signal';

export interface MemoryUse {
  readonly memory: Parts['memory'] | undefined;
  readonly cgroup: Parts['cgroup'] | undefined;
}

const readMemory = partReader('memory');
const readCgroup = partReader('cgroup');

/** One for each sample. */
export const memoryUse = (steps$: Observable<SampleStep>): Observable<MemoryUse> =>
  steps$.pipe(map((step) => ({ memory: readMemory(step), cgroup: readCgroup(step) })));
