/** Policies scored by what they did: each beside the yardstick, on the same traces and under the same options. */
import { YARDSTICK } from './policies-under-test';
import { scoreFamilies, type FamilyScore, type Result } from './score';

export interface ScoredRun {
  readonly policy: string;
  readonly families: readonly FamilyScore[];
}

/** In the order of `policies`. `results` hold theirs and the yardstick's. */
export const scoreRun = (policies: readonly string[], results: readonly Result[]): readonly ScoredRun[] => {
  const of = (name: string): readonly Result[] => results.filter(({ policy }) => policy === name);
  return policies.map((policy) => ({ policy, families: scoreFamilies(of(policy), of(YARDSTICK)) }));
};
