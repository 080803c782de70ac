/**
 * `oracle`: the larger of the demand now and 8 s ahead, read from the trace: what foresight would give.
 * It knows nothing of the noise.
 */
import { formatBytes, formatCpu } from '../../shared/format';
import type { Policy } from '../../monitor/policies/policy';
import { SECOND_MS } from '../../shared/units';
import { DemandCursor } from '../demand';
import { KERNEL_BYTES } from '../server';
import type { Trace } from '../trace';
import { NoState } from './stateless';

const AHEAD_SECONDS = 8;

export const createOracle = (trace: Trace): Policy<NoState> => {
  const now = new DemandCursor(trace, 0);
  const ahead = new DemandCursor(trace, AHEAD_SECONDS);
  return {
    name: 'oracle',
    longestWindowMs: 0,
    initial: {},
    step: (state, { at }) => {
      const second = Math.ceil(at / SECOND_MS) - 1;
      now.seek(second);
      ahead.seek(second);
      const cpu = Math.max(now.cpuCores, ahead.cpuCores);
      const bytes = Math.max(now.memBytes, ahead.memBytes);
      return { state, recommendation: { cpu, memBytes: bytes + KERNEL_BYTES, parts: {} } };
    },
    explain: ({ cpu, memBytes }) =>
      `demand now and ${AHEAD_SECONDS} s ahead: ${formatCpu(cpu ?? 0)}, ${formatBytes(memBytes ?? 0)}`,
    stateCodec: NoState,
  };
};
