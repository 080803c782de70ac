/** Who takes part in a simulation: a policy, with what it knows of the trace and the bounds. */
import type { AnyPolicy } from '../monitor/policies';
import type { SizingRules } from '../shared/sizing';
import type { Trace } from './trace';

export interface PolicyUnderTest {
  readonly name: string;
  /**
   * Rule R12 applies, as in the monitor. The policies that we compare with are as naive as they
   * are known: they shrink as soon as they like.
   */
  readonly holdsBack: boolean;
  /** Only those with a word on it in their file head look at the trace: they know the future. */
  readonly policyFor: (trace: Trace, rules: SizingRules) => AnyPolicy;
}
