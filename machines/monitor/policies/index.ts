/** The policies by the names that the command line knows. */
import type { Size } from '../../shared/events/size';
import { createGoalCuPolicy } from './goal-cu/policy';
import { createHeadroomPolicy } from './headroom/policy';
import { opaque, type AnyPolicy } from './opaque';
import { createSlidingMaxPolicy } from './sliding-max/policy';

export type { AnyPolicy };

export type PolicyName = 'headroom' | 'goal-cu' | 'sliding-max';

const POLICIES: Readonly<Record<PolicyName, (computeUnit: Size) => AnyPolicy>> = {
  headroom: (computeUnit) => opaque(createHeadroomPolicy({ computeUnit })),
  'goal-cu': (computeUnit) => opaque(createGoalCuPolicy({ computeUnit })),
  'sliding-max': () => opaque(createSlidingMaxPolicy()),
};

export const createPolicy = (name: PolicyName, computeUnit: Size): AnyPolicy => POLICIES[name](computeUnit);
