/**
 * `vpa`: a decaying histogram of what was used, its 90th percentile + 15 %, as Kubernetes' vertical pod
 * autoscaler recommends; applied at once, each minute.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import { formatBytes, formatCpu } from '../../shared/format';
import type { Observation, Policy } from '../../monitor/policies/policy';
import { MINUTE_MS } from '../../shared/units';
import { KERNEL_BYTES } from '../server';
import { addSample, DecayingHistogram, emptyHistogram, percentileOf, type HistogramShape } from './decaying-histogram';

/** The recommender's own: up to 1000 cores and 1 TB. */
const CPU_SHAPE: HistogramShape = { first: 0.01, ratio: 1.05, buckets: 176 };
const MEM_SHAPE: HistogramShape = { first: 1e7, ratio: 1.05, buckets: 176 };
const HALF_LIFE_MS = 24 * 60 * MINUTE_MS;
const PERCENTILE = 0.9;
const MARGIN = 1.15;

const VpaState = t.type({
  minute: finite,
  cpu: DecayingHistogram,
  mem: DecayingHistogram,
  cpuNeed: finite,
  memNeed: finite,
});
type VpaState = t.TypeOf<typeof VpaState>;

const INITIAL: VpaState = {
  minute: -1,
  cpu: emptyHistogram(CPU_SHAPE),
  mem: emptyHistogram(MEM_SHAPE),
  cpuNeed: 0,
  memNeed: 0,
};

const take = (state: VpaState, minute: number, { at, runCores, neededBytes }: Observation): VpaState => {
  const cpu = addSample(CPU_SHAPE, state.cpu, at, runCores ?? 0, HALF_LIFE_MS);
  const mem = addSample(MEM_SHAPE, state.mem, at, neededBytes ?? 0, HALF_LIFE_MS);
  return {
    minute,
    cpu,
    mem,
    cpuNeed: percentileOf(CPU_SHAPE, cpu, PERCENTILE) * MARGIN,
    memNeed: percentileOf(MEM_SHAPE, mem, PERCENTILE) * MARGIN + KERNEL_BYTES,
  };
};

export const createVpa = (): Policy<VpaState> => ({
  name: 'vpa',
  longestWindowMs: 0,
  initial: INITIAL,
  step: (state, observed) => {
    const minute = Math.floor(observed.at / MINUTE_MS);
    const next = minute === state.minute ? state : take(state, minute, observed);
    return { state: next, recommendation: { cpu: next.cpuNeed, memBytes: next.memNeed, parts: {} } };
  },
  explain: ({ cpu, memBytes }) =>
    `90th percentile + 15 % of a histogram that halves daily: ${formatCpu(cpu ?? 0)}, ${formatBytes(memBytes ?? 0)}`,
  stateCodec: VpaState,
});
