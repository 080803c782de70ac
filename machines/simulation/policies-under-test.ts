/** All policies that a simulation knows, by name: the monitor's own and those that they are compared with. */
import { createPolicy } from '../monitor/policies';
import { opaque } from '../monitor/policies/opaque';
import { createAgentGoalCu } from './baselines/agent-goal-cu';
import { createOracle } from './baselines/oracle';
import { createReactive } from './baselines/reactive';
import { createStaticPercentile } from './baselines/static-percentile';
import { createUsageRule } from './baselines/usage-rule';
import { createVpa } from './baselines/vpa';
import type { PolicyUnderTest } from './policy-under-test';
import { FRONTIERS, HEADROOM } from './frontiers';

const naive = (name: string, policyFor: PolicyUnderTest['policyFor']): PolicyUnderTest => ({
  name,
  holdsBack: false,
  policyFor,
});

/** Against which all others are measured. */
export const YARDSTICK = 'goal-cu';

const compared: readonly PolicyUnderTest[] = [
  HEADROOM,
  naive(YARDSTICK, (_trace, { unit }) => opaque(createAgentGoalCu(unit))),
  naive('sliding-max', (_trace, { unit }) => createPolicy('sliding-max', unit)),
  naive('static-p99.5', (trace) => opaque(createStaticPercentile(trace))),
  naive('vpa', () => opaque(createVpa())),
  naive('reactive', () => opaque(createReactive())),
  naive('oracle', (trace) => opaque(createOracle(trace))),
];

/** Rules with published results. They know nothing of memory, so they run only where they are named. */
const published: readonly PolicyUnderTest[] = [
  naive('usage-x2', () => opaque(createUsageRule('usage-x2', (cores) => 2 * cores))),
  naive('usage+2', () => opaque(createUsageRule('usage+2', (cores) => cores + 2))),
];

/** Policies from tight to wide. */
const frontier: readonly PolicyUnderTest[] = FRONTIERS.flatMap(({ points }) => points.map(({ policy }) => policy));

const namesOf = (policies: readonly PolicyUnderTest[]): readonly string[] => policies.map(({ name }) => name);

export const DEFAULT_POLICIES_UNDER_TEST = namesOf(compared);
/** A policy may be a point of several curves. */
export const FRONTIER_POLICIES: readonly string[] = [...new Set(namesOf(frontier))];
export const POLICIES_UNDER_TEST: ReadonlyMap<string, PolicyUnderTest> = new Map(
  [...compared, ...published, ...frontier].map((policy) => [policy.name, policy]),
);
