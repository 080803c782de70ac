/** A policy under a list of observations. */
import type { Observation, Policy, PolicyStep } from '../../machines/monitor/policies/policy';
import { SECOND_MS } from '../../machines/shared/units';
import { deepFreeze } from './deep-freeze';
import { observed } from './observation';

export type Seen = Partial<Observation>;

/** The last step of many, from `from` or from the start. */
export const stepAll = <S>(policy: Policy<S>, seen: readonly Seen[], from: S = policy.initial): PolicyStep<S> =>
  seen.reduce<PolicyStep<S>>(({ state }, differences) => policy.step(deepFreeze(state), observed(differences)), {
    state: from,
    recommendation: { cpu: null, memBytes: null, parts: {} },
  });

/** The same for a while, a sample a second. */
export const steady = (seconds: number, differences: Seen, fromMs = SECOND_MS): readonly Seen[] =>
  Array.from({ length: seconds }, (_, i) => ({
    ...differences,
    at: fromMs + i * SECOND_MS,
    elapsedMs: SECOND_MS,
  }));
