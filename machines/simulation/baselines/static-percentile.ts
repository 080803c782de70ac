/**
 * `static-p99.5`: one size for the whole trace, its 99.5th percentile × 1.2: the usual rule of rightsizing.
 * It knows the whole trace beforehand.
 */
import { formatBytes, formatCpu } from '../../shared/format';
import type { Policy } from '../../monitor/policies/policy';
import { KERNEL_BYTES } from '../server';
import type { Trace } from '../trace';
import { NoState } from './stateless';

const PERCENTILE = 0.995;
const FACTOR = 1.2;

/** Nearest rank over the rows. */
const percentile = (column: Float64Array, share: number): number =>
  column.slice().sort()[Math.max(0, Math.ceil(share * column.length) - 1)] ?? 0;

export const createStaticPercentile = (trace: Trace): Policy<NoState> => {
  const recommendation = {
    cpu: percentile(trace.cpuCores, PERCENTILE) * FACTOR,
    memBytes: percentile(trace.memBytes, PERCENTILE) * FACTOR + KERNEL_BYTES,
    parts: {},
  };
  return {
    name: 'static-p99.5',
    longestWindowMs: 0,
    initial: {},
    step: (state) => ({ state, recommendation }),
    explain: () =>
      `99.5th percentile of the trace, times ${FACTOR}: ${formatCpu(recommendation.cpu)}, ${formatBytes(recommendation.memBytes)}`,
    stateCodec: NoState,
  };
};
