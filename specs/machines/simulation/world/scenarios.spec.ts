/**
 * Each scenario of ours within its bounds, under headroom. Simulates some 100 hours, so `make check` leaves it out. It is the
 * acceptance of a policy: bounds are set before, and not by what a policy happens to do.
 */
import { isRelative, unmetExpectations } from '../../../../machines/simulation/world/expectations';
import { flatSweep } from '../../../../machines/simulation/world/flat-sweep';
import { runScenario } from '../../../../machines/simulation/world/run-scenario';
import type { Scenario } from '../../../../machines/simulation/world/scenario';
import { SCENARIOS } from '../../../../machines/simulation/world/scenarios';

jest.setTimeout(600_000);

/** Not yet as expected, by name: each is to leave this list. What is wrong is said by `vm-monitor simulate --scenario NAME`. */
const NOT_YET: ReadonlySet<string> = new Set([
  ...['flat-64gib', 'hot-set-fits', 'hot-set-too-large', 'hot-set-shifts', 'hot-set-halves'],
  ...['file-cache-memory', 'file-cache-disk', 'sawtooth', 'connection-storm', 'burst'],
  ...['steal', 'quota', 'random-service', 'no-schedstat', 'kernel-zones', 'foreign-limit', 'grants-20s', 'slow-disk'],
]);
/** Of the sweep over constant loads, at least this share comes to rest; all are to. */
const SWEEP_AT_REST_SHARE = 0.5;
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

it.each(names.filter((name) => !NOT_YET.has(name)))('%s', (name) => {
  const scenario = SCENARIOS.get(name);
  expect(scenario === undefined ? ['is gone'] : unmet(scenario)).toEqual([]);
});

for (const name of NOT_YET) it.skip(`${name} (not yet as expected)`, () => undefined);

it('the list of those that are not yet as expected names scenarios', () => {
  expect([...NOT_YET].filter((name) => !SCENARIOS.has(name))).toEqual([]);
});

it('constant loads come to rest', () => {
  const played = flatSweep().filter((_, index) => index % SWEEP_STEP === 0);
  const moving = played.flatMap(unmet);
  expect(played.length).toBeGreaterThan(70);
  expect(new Set(moving.map((line) => line.split(':')[0])).size).toBeLessThanOrEqual(
    (1 - SWEEP_AT_REST_SHARE) * played.length,
  );
});
