/** The policies by the names that the command line knows. */
import type { Size } from '../events/size.codec';
import { createGoalCuPolicy } from './goal-cu/policy';
import { createHeadroomPolicy } from './headroom/policy';
import type { Policy } from './policy';
import { createSlidingMaxPolicy } from './sliding-max/policy';

export type PolicyName = 'headroom' | 'goal-cu' | 'sliding-max';

/** A policy whose state only it can read: everyone else hands it on. */
export type AnyPolicy = Policy<unknown>;

/** The state that goes in is always one that the same policy gave out, so its type may be forgotten here. */
const opaque = <S>(policy: Policy<S>): AnyPolicy => ({
  ...policy,
  step: (state, seen) => policy.step(state as S, seen),
  stateCodec: policy.stateCodec as AnyPolicy['stateCodec'],
});

const POLICIES: Readonly<Record<PolicyName, (computeUnit: Size) => AnyPolicy>> = {
  headroom: () => opaque(createHeadroomPolicy()),
  'goal-cu': (computeUnit) => opaque(createGoalCuPolicy({ computeUnit })),
  'sliding-max': () => opaque(createSlidingMaxPolicy()),
};

export const createPolicy = (name: PolicyName, computeUnit: Size): AnyPolicy => POLICIES[name](computeUnit);
