/**
 * Whether what was tuned on some families holds on others: each family is left out in turn, the others choose among several
 * settings of one policy, and the family that had no say is scored under their choice.
 */
import { APART, scoreOf, type FamilyScore, type Score, type ScoredRun } from './score';

export interface LeftOutFamily {
  readonly family: string;
  /** What the other families choose. */
  readonly chosen: string;
  readonly score: Score;
}

/** Ten times less shortage, or ten times fewer resizes, are worth so much more cost. */
const TENFOLD_IS_WORTH = 0.03;

/** Less is better: cost, and what its shortages and resizes are worth. A figure that no family measures counts for nothing. */
const price = ({ cpuShort, memShort, cpuCost, memCost, resizes }: Score): number => {
  const worth = (ratio: number | null): number => (ratio === null ? 0 : TENFOLD_IS_WORTH * Math.log10(ratio));
  return Math.log(cpuCost ?? 1) + Math.log(memCost ?? 1) + worth(cpuShort) + worth(memShort) + worth(resizes);
};

const without = (families: readonly FamilyScore[], family: string): readonly FamilyScore[] =>
  families.filter((one) => one.family !== family);

const cheapest = (runs: readonly ScoredRun[], family: string): ScoredRun | null =>
  runs.reduce<ScoredRun | null>((best, run) => {
    const priceOf = ({ families }: ScoredRun): number => price(scoreOf(without(families, family)));
    return best === null || priceOf(run) < priceOf(best) ? run : best;
  }, null);

/** `runs`: the settings, scored on the same traces. Families that are reported apart take no part. */
export const leaveOneOut = (runs: readonly ScoredRun[]): readonly LeftOutFamily[] => {
  const names = (runs[0]?.families ?? []).map(({ family }) => family).filter((family) => !APART.has(family));
  return names.flatMap((family) => {
    const chosen = cheapest(runs, family);
    const score = chosen?.families.find((one) => one.family === family);
    return chosen === null || score === undefined ? [] : [{ family, chosen: chosen.policy, score }];
  });
};
