/**
 * Each scenario of ours within its bounds, under headroom. Simulates some 100 hours, so `make check` leaves it out. It is the
 * acceptance of a policy: most bounds were set before there was one; where a bound is a trade (resizes against size), the scenario's JSON
 * was changed with it, and docs/simulate.md says so.
 */
import { isRelative, unmetExpectations } from '../../../../machines/simulation/world/expectations';
import { flatSweep } from '../../../../machines/simulation/world/flat-sweep';
import { runScenario } from '../../../../machines/simulation/world/run-scenario';
import type { Scenario } from '../../../../machines/simulation/world/scenario';
import { SCENARIOS } from '../../../../machines/simulation/world/scenarios';

jest.setTimeout(600_000);

/** Every so many of the sweep are played here; all of them by `vm-monitor simulate --sweep flat`. */
const SWEEP_STEP = 31;

const SEED = 1;

const unmet = (scenario: Scenario): readonly string[] => {
  const { scores } = runScenario(scenario, 'headroom', SEED);
  const isAlone = !isRelative(scenario);
  const of = (side: 'goal-cu' | 'largest') => (isAlone ? scores : runScenario(scenario, side, SEED).scores);
  return unmetExpectations(scenario, scores, { goalCu: of('goal-cu'), largest: of('largest') });
};

const names = [...SCENARIOS.keys()];

it.each(names)('%s', (name) => {
  const scenario = SCENARIOS.get(name);
  expect(scenario === undefined ? ['is gone'] : unmet(scenario)).toEqual([]);
});

it('constant loads come to rest', () => {
  const played = flatSweep().filter((_, index) => index % SWEEP_STEP === 0);
  const moving = played.flatMap(unmet);
  expect(played.length).toBeGreaterThan(70);
  expect(moving).toEqual([]);
});
