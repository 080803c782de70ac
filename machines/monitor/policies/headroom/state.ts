/** What `headroom` remembers: plain JSON, small. */
import * as t from 'io-ts';
import { nullable } from '../../../shared/events/nullable';
import { CpuSampler, NO_SAMPLES } from './cpu-sample';
import { Demand } from './demand';
import { Retention } from './retention';
import { MemoryRecommendation, NO_MEMORY_RECOMMENDATION } from './memory-recommendation';
import { NO_QUEUE, BacklogEstimate } from './queue';

export const HeadroomState = t.type({
  sampler: CpuSampler,
  /** null before the first sample. */
  demand: nullable(Demand),
  queue: BacklogEstimate,
  memory: MemoryRecommendation,
  /** null before the first recommendation. */
  cpuRetention: nullable(Retention),
  memRetention: nullable(Retention),
});
export type HeadroomState = t.TypeOf<typeof HeadroomState>;

export const INITIAL: HeadroomState = {
  sampler: NO_SAMPLES,
  demand: null,
  queue: NO_QUEUE,
  memory: NO_MEMORY_RECOMMENDATION,
  cpuRetention: null,
  memRetention: null,
};
