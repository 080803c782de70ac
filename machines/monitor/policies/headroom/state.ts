/** What `headroom` remembers: plain JSON, small. */
import * as t from 'io-ts';
import { nullable } from '../../../shared/events/nullable';
import { CpuSampler, NO_SAMPLES } from './cpu-sample';
import { Demand } from './demand';
import { Hold } from './retention';
import { MemoryNeed, NO_MEMORY_NEED } from './memory-recommendation';
import { NO_QUEUE, Queue } from './queue';

export const HeadroomState = t.type({
  sampler: CpuSampler,
  /** null before the first sample. */
  demand: nullable(Demand),
  queue: Queue,
  memory: MemoryNeed,
  /** null before the first need. */
  cpuHold: nullable(Hold),
  memHold: nullable(Hold),
});
export type HeadroomState = t.TypeOf<typeof HeadroomState>;

export const INITIAL: HeadroomState = {
  sampler: NO_SAMPLES,
  demand: null,
  queue: NO_QUEUE,
  memory: NO_MEMORY_NEED,
  cpuHold: null,
  memHold: null,
};
