/** The policies by the names that the command line knows. */
import type { Size } from '../../shared/events/size';
import { createGoalCuPolicy } from './goal-cu/policy';
import { PREFERENCES, type Preference } from './headroom/parameters';
import { createHeadroomPolicy } from './headroom/policy';
import { opaque, type AnyPolicy } from './opaque';
import { createSlidingMaxPolicy } from './sliding-max/policy';

export type { AnyPolicy };

export type PolicyName = 'headroom' | 'goal-cu' | 'sliding-max';

const POLICIES: Readonly<Record<PolicyName, (computeUnit: Size, prefer: Preference) => AnyPolicy>> = {
  headroom: (computeUnit, prefer) => opaque(createHeadroomPolicy({ ...PREFERENCES[prefer], computeUnit })),
  'goal-cu': (computeUnit) => opaque(createGoalCuPolicy({ computeUnit })),
  'sliding-max': () => opaque(createSlidingMaxPolicy()),
};

/** `prefer` is the one dial of `headroom`; the others have none. */
export const createPolicy = (name: PolicyName, computeUnit: Size, prefer: Preference = 'balanced'): AnyPolicy =>
  POLICIES[name](computeUnit, prefer);
