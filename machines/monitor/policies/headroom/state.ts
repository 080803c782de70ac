/** What `headroom` remembers: plain JSON, small. */
import * as t from 'io-ts';
import { nullable } from '../../../shared/events/nullable';
import { CpuWait, NO_WAIT } from './cpu-wait';
import { NO_PART, PartSample } from './cpu-sample';
import { Demand } from './demand';
import { MemoryMemory, NO_MEMORY } from './memory-need';
import { NO_WORTH, PageCacheWorth } from './page-cache';
import { Retention } from './retention';

export const HeadroomState = t.type({
  cpu: PartSample,
  /** null before the first sample. */
  demand: nullable(Demand),
  wait: CpuWait,
  memory: MemoryMemory,
  pageCache: PageCacheWorth,
  /** null before the first recommendation. */
  cpuRetention: nullable(Retention),
  memRetention: nullable(Retention),
});
export type HeadroomState = t.TypeOf<typeof HeadroomState>;

export const INITIAL: HeadroomState = {
  cpu: NO_PART,
  demand: null,
  wait: NO_WAIT,
  memory: NO_MEMORY,
  pageCache: NO_WORTH,
  cpuRetention: null,
  memRetention: null,
};
