/** What people see after runs of the world: a table, and what was expected of headroom and is not so. */
import { isRelative, scoreNamed, unmetExpectations } from '../../../../machines/simulation/world/expectations';
import type { Scenario } from '../../../../machines/simulation/world/scenario';
import type { SideName } from '../../../../machines/simulation/world/side-table';
import { plainTable } from '../table';
import type { WorldOutcome } from './world-job';

/** A run as --json tells it. */
export interface JudgedRun {
  readonly scenario: string;
  readonly side: SideName;
  readonly seed: number;
  /** With throughputShare, where the largest size was run too. */
  readonly scores: Readonly<Record<string, number>>;
  /** Sentences; null: not judged. Headroom alone is, and beside goal-cu and the largest size where it is compared with them. */
  readonly unmet: readonly string[] | null;
}

const keyOf = (scenario: string, side: SideName, seed: number): string => `${scenario}#${side}#${seed}`;

type RunsByKey = ReadonlyMap<string, WorldOutcome>;

/** Null: goal-cu or the largest size were not run, and are needed. */
const unmetOf = (scenario: Scenario, { seed, scores }: WorldOutcome, runs: RunsByKey): readonly string[] | null => {
  const goalCu = runs.get(keyOf(scenario.name, 'goal-cu', seed))?.scores;
  const largest = runs.get(keyOf(scenario.name, 'largest', seed))?.scores;
  const isComplete = goalCu !== undefined && largest !== undefined;
  if (!isComplete && isRelative(scenario)) return null;
  return unmetExpectations(scenario, scores, { goalCu: goalCu ?? scores, largest: largest ?? scores });
};

export const judgedRuns = (scenarios: readonly Scenario[], outcomes: readonly WorldOutcome[]): readonly JudgedRun[] => {
  const runs: RunsByKey = new Map(outcomes.map((run) => [keyOf(run.scenario, run.side, run.seed), run]));
  const byName = new Map(scenarios.map((scenario) => [scenario.name, scenario]));
  return outcomes.map((run) => {
    const { scenario: name, side, seed, scores } = run;
    const largest = runs.get(keyOf(name, 'largest', seed))?.scores;
    const scenario = byName.get(name);
    const share =
      largest === undefined
        ? {}
        : { throughputShare: scoreNamed('throughputShare', scores, { largest, goalCu: scores }) };
    const unmet = side === 'headroom' && scenario !== undefined ? unmetOf(scenario, run, runs) : null;
    return { scenario: name, side, seed, scores: { ...scores, ...share }, unmet };
  });
};

const COLUMNS: readonly (readonly [title: string, score: string, digits: number])[] = [
  ['mem short GiB-s', 'memoryShortGibSeconds', 1],
  ['cpu short core-s', 'cpuShortCoreSeconds', 1],
  ['wait p99 ms', 'waitP99Ms', 0],
  ['work', 'throughputShare', 2],
  ['OOM', 'oomKills', 0],
  ['reread GiB', 'rereadGib', 1],
  ['resizes', 'resizes', 0],
  ['requests/h', 'requestsAnHour', 1],
  ['denials/h', 'denialsAnHour', 1],
  ['settled s', 'settledAtSeconds', 0],
  ['vCPU', 'averageVcpu', 2],
  ['GiB', 'averageGib', 2],
];

const cell = (value: number | undefined, digits: number): string => (value === undefined ? '' : value.toFixed(digits));

const severalSeeds = (runs: readonly JudgedRun[]): boolean => new Set(runs.map(({ seed }) => seed)).size > 1;

export const worldSummary = (runs: readonly JudgedRun[]): string => {
  const withSeed = severalSeeds(runs);
  const rows = runs.map(({ scenario, side, seed, scores }) => [
    `${scenario} ${side}${withSeed ? ` #${seed}` : ''}`,
    ...COLUMNS.map(([, score, digits]) => cell(scores[score], digits)),
  ]);
  const unmet = runs.flatMap((run) => run.unmet ?? []);
  const table = plainTable({ head: ['', ...COLUMNS.map(([title]) => title)], rows });
  return unmet.length === 0 ? table : `${table}\nNot as expected:\n${unmet.map((line) => `  ${line}\n`).join('')}`;
};
