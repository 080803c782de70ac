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
import type { Recommendation, Observation, Policy } from '../../monitor/policies/policy';
import { SECOND_MS } from '../../shared/units';

const METRICS_PERIOD_MS = 5 * SECOND_MS;
const UPSCALE_FRACTION = 0.85;

const AgentGoalState = t.type({
  /** Number of the period in which metrics were read last. */
  period: finite,
  recommendation: nullable(
    t.type({ cpu: nullable(finite), memBytes: nullable(finite), parts: t.record(t.string, finite) }),
  ),
});
interface AgentGoalState {
  readonly period: number;
  readonly recommendation: Recommendation | null;
}

const INITIAL: AgentGoalState = { period: -1, recommendation: null };

const isBreached = ({ usedBytes, granted }: Observation): boolean =>
  usedBytes !== null && usedBytes >= UPSCALE_FRACTION * granted.mem;

const oneMore = (unit: Size, recommendation: Recommendation, { granted }: Observation): Recommendation => ({
  ...recommendation,
  memBytes: Math.max(recommendation.memBytes ?? 0, granted.mem + unit.mem),
});

export const createAgentGoalCu = (computeUnit: Size): Policy<AgentGoalState> => {
  const formula = createGoalCuPolicy({ computeUnit });
  return {
    name: 'goal-cu',
    longestWindowMs: 0,
    initial: INITIAL,
    step: (state, observed) => {
      const period = Math.floor(observed.at / METRICS_PERIOD_MS);
      const next =
        state.recommendation === null || period !== state.period
          ? { period, recommendation: formula.step(formula.initial, observed).recommendation }
          : state;
      const recommendation = next.recommendation ?? formula.step(formula.initial, observed).recommendation;
      return {
        state: next,
        recommendation: isBreached(observed) ? oneMore(computeUnit, recommendation, observed) : recommendation,
      };
    },
    explain: formula.explain,
    stateCodec: AgentGoalState,
  };
};
