/** Cost against shortage: the scores of policies, and of the curves that lead from tight to wide. */
import { FRONTIER_CONTESTANTS, YARDSTICK } from '../../machines/simulation/contestants';
import { FRONTIERS, type Frontier } from '../../machines/simulation/frontiers';
import { judge } from '../../machines/simulation/judge';
import { scoreOf, type Result, type Score } from '../../machines/simulation/score';

export interface ScoredPoint {
  /** The setting; of a policy that stands alone, its name. */
  readonly label: string;
  readonly score: Score;
}

export interface Curve extends Pick<Frontier, 'policy' | 'resource'> {
  readonly title: string;
  /** From tight to wide; a policy that stands alone is a curve of one point. */
  readonly points: readonly ScoredPoint[];
}

/** Shown as points. */
const ALONE: readonly string[] = [YARDSTICK, 'sliding-max', 'vpa', 'static-p99.5', 'oracle'];

/** All whose results the curves need. */
export const FRONTIER_POLICIES: readonly string[] = [...new Set([...ALONE, ...FRONTIER_CONTESTANTS])];

/** @param results of FRONTIER_POLICIES on the same traces */
export const frontierCurves = (results: readonly Result[]): readonly Curve[] => {
  const scores = new Map(
    judge(FRONTIER_POLICIES, results).map(({ policy, families }) => [policy, scoreOf(families)] as const),
  );
  const scored = (policy: string, label: string): ScoredPoint => {
    const score = scores.get(policy);
    if (score === undefined) throw new Error(`policy ${policy} was not run`);
    return { label, score };
  };
  const curve = ({ policy, parameter, resource, points }: Frontier): Curve => ({
    policy,
    resource,
    title: `${policy}: ${parameter}`,
    points: points.map(({ label, contestant }) => scored(contestant.name, label)),
  });
  const alone = (policy: string): Curve => ({
    policy,
    resource: null,
    title: policy,
    points: [scored(policy, policy)],
  });
  return [...FRONTIERS.map(curve), ...ALONE.map(alone)];
};
