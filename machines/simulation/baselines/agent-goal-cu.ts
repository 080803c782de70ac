/**
 * `goal-cu` as it works today: the agent reads metrics every 5 s and sizes by its formula; in between,
 * the monitor asks for one unit more as soon as 85 % of the memory is in use.
 * Source: neondatabase/autoscaling, and neondatabase/neon's vm_monitor (UpscaleRequest).
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import type { Size } from '../../shared/events/size';
import { nullable } from '../../shared/events/nullable';
import { createGoalCuPolicy } from '../../monitor/policies/goal-cu/policy';
import type { Need, Observation, Policy } from '../../monitor/policies/policy';
import { SECOND_MS } from '../../shared/units';

const METRICS_PERIOD_MS = 5 * SECOND_MS;
const UPSCALE_FRACTION = 0.85;

const AgentGoalState = t.type({
  /** Number of the period in which metrics were read last. */
  period: finite,
  need: nullable(t.type({ cpu: nullable(finite), memBytes: nullable(finite), parts: t.record(t.string, finite) })),
});
interface AgentGoalState {
  readonly period: number;
  readonly need: Need | null;
}

const INITIAL: AgentGoalState = { period: -1, need: null };

const isBreached = ({ usedBytes, granted }: Observation): boolean =>
  usedBytes !== null && usedBytes >= UPSCALE_FRACTION * granted.mem;

const oneMore = (unit: Size, need: Need, { granted }: Observation): Need => ({
  ...need,
  memBytes: Math.max(need.memBytes ?? 0, granted.mem + unit.mem),
});

export const createAgentGoalCu = (computeUnit: Size): Policy<AgentGoalState> => {
  const formula = createGoalCuPolicy({ computeUnit });
  return {
    name: 'goal-cu',
    longestWindowMs: 0,
    initial: INITIAL,
    step: (state, seen) => {
      const period = Math.floor(seen.at / METRICS_PERIOD_MS);
      const next =
        state.need === null || period !== state.period
          ? { period, need: formula.step(formula.initial, seen).need }
          : state;
      const need = next.need ?? formula.step(formula.initial, seen).need;
      return { state: next, need: isBreached(seen) ? oneMore(computeUnit, need, seen) : need };
    },
    explain: formula.explain,
    stateCodec: AgentGoalState,
  };
};
