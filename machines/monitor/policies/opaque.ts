/** Policies of which only the policy itself can read the state. */
import type { Policy } from './policy';

/** A policy whose state only it can read: everyone else hands it on. */
export type AnyPolicy = Policy<unknown>;

/** The state that goes in is always one that the same policy gave out, so its type may be forgotten here. */
export const opaque = <S>(policy: Policy<S>): AnyPolicy => ({
  ...policy,
  step: (state, observed) => policy.step(state as S, observed),
  stateCodec: policy.stateCodec as AnyPolicy['stateCodec'],
});
