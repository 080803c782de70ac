/** The list of constant loads. */
import { flatSweep } from '../../../../machines/simulation/world/flat-sweep';
import { SCENARIOS } from '../../../../machines/simulation/world/scenarios';
import { scenarioOfTrace } from '../../../../machines/simulation/world/trace-scenario';
import { runScenario } from '../../../../machines/simulation/world/run-scenario';
import { SIMULATION_DEFAULTS } from '../../../../machines/simulation/setting';
import { evenTrace } from '../../../support/simulation';

it('has at least 2,000 of them, each with a name of its own, and is the same each time', () => {
  const sweep = flatSweep();
  expect(sweep.length).toBeGreaterThanOrEqual(2_000);
  expect(new Set(sweep.map(({ name }) => name)).size).toBe(sweep.length);
  expect(flatSweep()).toEqual(sweep);
});

it('scenarios have names of their own, that fit their files, and expect something', () => {
  expect(SCENARIOS.size).toBeGreaterThanOrEqual(35);
  expect([...SCENARIOS.values()].filter(({ expect: bounds }) => Object.keys(bounds).length === 0)).toEqual([]);
});

it('a trace is a scenario: its rows are the load, its capacity the bounds', () => {
  const trace = evenTrace({ cpuCores: [1, 3], memGib: [1, 20] });
  const scenario = scenarioOfTrace(trace, SIMULATION_DEFAULTS);
  expect(scenario).toMatchObject({ name: 'made_up', minutes: 2, vm: { maxUnits: 16, initialUnits: 16 } });
  // The second row is more than the largest size holds.
  expect(scenario.load).toMatchObject([{ kind: 'trace', seconds: [0, 60], cores: [1, 3] }]);
  const { scores } = runScenario(scenario, 'largest', 1);
  expect([scores.oomKills, scores.averageGib]).toEqual([0, 16]);
});
