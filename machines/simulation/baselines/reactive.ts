/** `reactive`: the most of the last ten minutes and a little more; it forecasts nothing. */
import * as t from 'io-ts';
import { formatBytes, formatCpu } from '../../shared/format';
import type { Policy } from '../../monitor/policies/policy';
import { EMPTY_WINDOW, MaxWindow, maxOf, pushMax } from '../../monitor/policies/window-max';
import { MIB, MINUTE_MS } from '../../shared/units';

export interface ReactiveParameters {
  readonly windowMs: number;
  /** Multiplies CPU and memory. */
  readonly factor: number;
  /** Added to memory. */
  readonly baseBytes: number;
}

export const REACTIVE_DEFAULTS: ReactiveParameters = { windowMs: 10 * MINUTE_MS, factor: 1.02, baseBytes: 100 * MIB };

const ReactiveState = t.type({ cpu: MaxWindow, mem: MaxWindow });
type ReactiveState = t.TypeOf<typeof ReactiveState>;

export const createReactive = (options: Partial<ReactiveParameters> = {}): Policy<ReactiveState> => {
  const { windowMs, factor, baseBytes } = { ...REACTIVE_DEFAULTS, ...options };
  return {
    name: 'reactive',
    longestWindowMs: windowMs,
    initial: { cpu: EMPTY_WINDOW, mem: EMPTY_WINDOW },
    step: (state, { at, runCores, waitingTasks, neededBytes }) => {
      const cpu = pushMax(state.cpu, at, ((runCores ?? 0) + (waitingTasks ?? 0)) * factor, windowMs);
      const mem = pushMax(state.mem, at, (neededBytes ?? 0) * factor + baseBytes, windowMs);
      return { state: { cpu, mem }, recommendation: { cpu: maxOf(cpu), memBytes: maxOf(mem), parts: {} } };
    },
    explain: ({ cpu, memBytes }) =>
      `most of the window, times ${factor}: ${formatCpu(cpu ?? 0)}, ${formatBytes(memBytes ?? 0)}`,
    stateCodec: ReactiveState,
  };
};
