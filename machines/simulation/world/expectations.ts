/** Whether a side did as the scenario expects of headroom: one sentence for each score that did not. */
import type { Expected, Scenario } from './scenario';
import type { ScoreTable } from './world-scores';

/** What the same load got where it can be compared. */
export interface Yardsticks {
  readonly goalCu: ScoreTable;
  /** The largest size for ever. */
  readonly largest: ScoreTable;
}

/** Scores that only a comparison gives. */
const RELATIVE: Readonly<Record<string, (scores: ScoreTable, yardsticks: Yardsticks) => number>> = {
  throughputShare: (scores, { largest }) => (largest.throughput === 0 ? 1 : scores.throughput / largest.throughput),
};

const isScore = (name: string, scores: ScoreTable): name is keyof ScoreTable => name in scores;

/** Throws RangeError for a name that is no score: a slip in a scenario must not pass for kept. */
export const scoreNamed = (name: string, scores: ScoreTable, yardsticks: Yardsticks): number => {
  const relative = RELATIVE[name];
  if (relative !== undefined) return relative(scores, yardsticks);
  if (isScore(name, scores)) return scores[name];
  throw new RangeError(
    `${name} is no score: expected one of ${[...Object.keys(scores), ...Object.keys(RELATIVE)].join(', ')}`,
  );
};

/** Rounded as people read it. */
const rounded = (value: number): string => String(Number(value.toPrecision(4)));

type Bound = readonly [limit: number | undefined, isMost: boolean, words: string];

const boundsOf = (expected: Expected, ofGoalCu: number): readonly Bound[] => {
  const times = (factor: number | undefined) => (factor === undefined ? undefined : factor * ofGoalCu);
  return [
    [expected.most, true, ''],
    [expected.least, false, ''],
    [times(expected.mostOfGoalCu), true, ` (${expected.mostOfGoalCu ?? 0} of goal-cu)`],
    [times(expected.leastOfGoalCu), false, ` (${expected.leastOfGoalCu ?? 0} of goal-cu)`],
  ];
};

/** Of sums and products of numbers in binary. */
const TOLERANCE = 1e-9;

const breaks = (value: number, limit: number, isMost: boolean): boolean =>
  isMost ? value > limit + TOLERANCE : value < limit - TOLERANCE;

/** Some of what is expected is a comparison, with goal-cu or the largest size. */
export const isRelative = ({ expect }: Scenario): boolean =>
  Object.entries(expect).some(
    ([score, { leastOfGoalCu, mostOfGoalCu }]) =>
      score in RELATIVE || leastOfGoalCu !== undefined || mostOfGoalCu !== undefined,
  );

/** Empty: all is as expected. */
export const unmetExpectations = (
  { name, expect }: Scenario,
  scores: ScoreTable,
  yardsticks: Yardsticks,
): readonly string[] =>
  Object.entries(expect).flatMap(([score, expected]) => {
    const value = scoreNamed(score, scores, yardsticks);
    const ofGoalCu = scoreNamed(score, yardsticks.goalCu, yardsticks);
    return boundsOf(expected, ofGoalCu).flatMap(([limit, isMost, words]) =>
      limit === undefined || !breaks(value, limit, isMost)
        ? []
        : [
            `${name}: ${score} is ${rounded(value)}, expected at ${isMost ? 'most' : 'least'} ${rounded(limit)}${words}`,
          ],
    );
  });
