/**
 * `usage-x2` and `usage+2`: every ten minutes, the usage of the last twenty doubled, or two cores more.
 * These rules are here because results for them have been published (microsoft/vasim); of memory they know nothing.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import { formatCpu } from '../../shared/format';
import type { Policy } from '../../monitor/policies/policy';
import { EMPTY_WINDOW, MaxWindow, maxOf, pushMax } from '../../monitor/policies/window-max';
import { MINUTE_MS } from '../../shared/units';

const WINDOW_MS = 20 * MINUTE_MS;
const DECISION_MS = 10 * MINUTE_MS;

const UsageState = t.type({ window: MaxWindow, period: finite, cpu: finite });
type UsageState = t.TypeOf<typeof UsageState>;

export const createUsageRule = (name: string, rule: (usedCores: number) => number): Policy<UsageState> => ({
  name,
  longestWindowMs: WINDOW_MS,
  initial: { window: EMPTY_WINDOW, period: -1, cpu: 0 },
  step: (state, { at, runCores }) => {
    const window = pushMax(state.window, at, runCores ?? 0, WINDOW_MS);
    const period = Math.floor(at / DECISION_MS);
    const cpu = period === state.period ? state.cpu : rule(maxOf(window));
    return { state: { window, period, cpu }, recommendation: { cpu, memBytes: 0, parts: {} } };
  },
  explain: ({ cpu }) => `usage of the last 20 min by rule ${name}: ${formatCpu(cpu ?? 0)}`,
  stateCodec: UsageState,
});
