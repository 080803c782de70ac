/** All policies that a simulation knows, by name: the monitor's own and those that they are compared with. */
import { createPolicy, type AnyPolicy } from '../policies';
import { opaque } from '../policies/opaque';
import { createAgentGoalCu } from './baselines/agent-goal-cu';
import { createOracle } from './baselines/oracle';
import { createReactive } from './baselines/reactive';
import { createStaticPercentile } from './baselines/static-percentile';
import { createUsageRule } from './baselines/usage-rule';
import { createVpa } from './baselines/vpa';
import type { Contestant } from './contestant';

const naive = (name: string, policyFor: Contestant['policyFor']): Contestant => ({ name, holdsBack: false, policyFor });

const own = (name: 'headroom', holdsBack: boolean): Contestant => ({
  name,
  holdsBack,
  policyFor: (_trace, { unit }): AnyPolicy => createPolicy(name, unit),
});

/** Against which all others are measured. */
export const YARDSTICK = 'goal-cu';

const ALL: readonly Contestant[] = [
  own('headroom', true),
  naive(YARDSTICK, (_trace, { unit }) => opaque(createAgentGoalCu(unit))),
  naive('sliding-max', (_trace, { unit }) => createPolicy('sliding-max', unit)),
  naive('static-p99.5', (trace) => opaque(createStaticPercentile(trace))),
  naive('vpa', () => opaque(createVpa())),
  naive('reactive', () => opaque(createReactive())),
  naive('oracle', (trace) => opaque(createOracle(trace))),
  naive('usage-x2', () => opaque(createUsageRule('usage-x2', (cores) => 2 * cores))),
  naive('usage+2', () => opaque(createUsageRule('usage+2', (cores) => cores + 2))),
];

export const CONTESTANTS: ReadonlyMap<string, Contestant> = new Map(ALL.map((one) => [one.name, one]));
