/** What a scenario expects of headroom, and the sentences about what is not so. */
import { unmetExpectations } from '../../../../machines/simulation/world/expectations';
import { runScenario } from '../../../../machines/simulation/world/run-scenario';
import { scenarioWith } from '../../../support/world';

const scenario = (expect: object) => scenarioWith({ minutes: 1, expect });
const { scores } = runScenario(scenario({}), 'largest', 1);
const yardsticks = { goalCu: { ...scores, averageGib: 8 }, largest: { ...scores, throughput: 200 } };
const judged = { ...scores, averageGib: 10, throughput: 100, resizes: 3 };

it('is met within its bounds', () => {
  const met = { averageGib: { most: 10, mostOfGoalCu: 1.25 }, throughputShare: { least: 0.5 }, resizes: { most: 3 } };
  expect(unmetExpectations(scenario(met), judged, yardsticks)).toEqual([]);
});

it('says each score beyond them, by how much', () => {
  const unmet = { averageGib: { mostOfGoalCu: 1.2 }, throughputShare: { least: 0.9 }, resizes: { most: 2 } };
  expect(unmetExpectations(scenario(unmet), judged, yardsticks)).toEqual([
    'made-up: averageGib is 10, expected at most 9.6 (1.2 of goal-cu)',
    'made-up: throughputShare is 0.5, expected at least 0.9',
    'made-up: resizes is 3, expected at most 2',
  ]);
});

it('knows no score of another name', () => {
  expect(() => unmetExpectations(scenario({ resize: { most: 2 } }), judged, yardsticks)).toThrow(RangeError);
});
