/** One run of the world, as plain data that a worker thread can be given. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { CoreObserver } from '../../../../machines/simulation/world/our-side';
import { runScenario } from '../../../../machines/simulation/world/run-scenario';
import type { Scenario } from '../../../../machines/simulation/world/scenario';
import type { SideName } from '../../../../machines/simulation/world/side-table';
import type { ScoreTable, SizeChange } from '../../../../machines/simulation/world/world-scores';

export interface WorldJob {
  readonly scenario: Scenario;
  readonly side: SideName;
  readonly seed: number;
}

export interface WorldOutcome {
  readonly scenario: string;
  readonly side: SideName;
  readonly seed: number;
  readonly scores: ScoreTable;
  /** Of the first VM. */
  readonly sizes: readonly SizeChange[];
}

export const runWorldJob = (
  { scenario, side, seed }: WorldJob,
  observer: CoreObserver | null = null,
): Promise<Either<string, WorldOutcome>> => {
  const { scores, vms } = runScenario(scenario, side, seed, observer);
  return Promise.resolve(E.right({ scenario: scenario.name, side, seed, scores, sizes: vms[0]?.sizes ?? [] }));
};
