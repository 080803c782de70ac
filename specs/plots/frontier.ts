/** Cost against shortage: the scores of policies, and of the curves that lead from tight to wide. */
import { FRONTIER_POLICIES as COMPARED, YARDSTICK } from '../../machines/simulation/policies-under-test';
import { FRONTIERS, type Frontier } from '../../machines/simulation/frontiers';
import { scoreRun } from '../../machines/simulation/judge';
import { scoreOf, type Result, type Score } from '../../machines/simulation/score';

export interface Curve extends Pick<Frontier, 'policy' | 'resource'> {
  readonly title: string;
  /** From tight to wide; a policy that stands alone has one. */
  readonly scores: readonly Score[];
}

/** Shown as points. */
const ALONE: readonly string[] = ['headroom', YARDSTICK, 'sliding-max', 'vpa', 'static-p99.5', 'oracle'];

/** All whose results the curves need. */
export const FRONTIER_POLICIES: readonly string[] = [...new Set([...ALONE, ...COMPARED])];

/** @param results of FRONTIER_POLICIES on the same traces */
export const frontierCurves = (results: readonly Result[]): readonly Curve[] => {
  const scores = new Map(
    scoreRun(FRONTIER_POLICIES, results).map(({ policy, families }) => [policy, scoreOf(families)] as const),
  );
  const scoreNamed = (policy: string): Score => {
    const score = scores.get(policy);
    if (score === undefined) throw new Error(`policy ${policy} was not run`);
    return score;
  };
  const curve = ({ policy, parameter, resource, points }: Frontier): Curve => ({
    policy,
    resource,
    title: `${policy}, ${parameter} ${points[0]?.label ?? ''} to ${points.at(-1)?.label ?? ''}`,
    scores: points.map(({ policy }) => scoreNamed(policy.name)),
  });
  const alone = (policy: string): Curve => ({ policy, resource: null, title: policy, scores: [scoreNamed(policy)] });
  return [...FRONTIERS.map(curve), ...ALONE.map(alone)];
};
