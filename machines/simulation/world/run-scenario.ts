/** Plays a scenario, and judges the scores by what it expects. */
import type { CoreObserver } from './our-side';
import type { Scenario } from './scenario';
import type { SideName } from './side-table';
import { World, type WorldResult } from './world';
import type { ScoreName, ScoreTable } from './world-scores';

export interface ScenarioRun {
  readonly scenario: string;
  readonly side: SideName;
  readonly seed: number;
  /** Means over the VMs of a fleet; of the longest times the longest. */
  readonly scores: ScoreTable;
  readonly vms: readonly WorldResult[];
}

/** What is bad enough in one VM. */
const WORST: ReadonlySet<ScoreName> = new Set(['longestAtRiskSeconds']);

const meanScores = (vms: readonly WorldResult[]): ScoreTable => {
  const [first] = vms;
  if (first === undefined) throw new RangeError('a scenario needs a VM');
  const mean = (name: ScoreName): number => vms.reduce((sum, { scores }) => sum + scores[name], 0) / vms.length;
  const worst = (name: ScoreName): number => Math.max(...vms.map(({ scores }) => scores[name]));
  const means = { ...first.scores };
  for (const name of Object.keys(means) as ScoreName[]) means[name] = WORST.has(name) ? worst(name) : mean(name);
  return means;
};

export const runScenario = (
  scenario: Scenario,
  side: SideName,
  seed: number,
  observer: CoreObserver | null = null,
): ScenarioRun => {
  const vms = new World(scenario, side, seed, observer).run();
  return { scenario: scenario.name, side, seed, scores: meanScores(vms), vms };
};
