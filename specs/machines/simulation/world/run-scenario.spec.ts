/** A run of the world: the same each time, and what the core is told in it. */
import { runScenario } from '../../../../machines/simulation/world/run-scenario';
import { SCENARIOS } from '../../../../machines/simulation/world/scenarios';
import { SIDE_NAMES } from '../../../../machines/simulation/world/side-table';
import { scenarioWith, StepRecorder } from '../../../support/world';

const RANDOM = scenarioWith({
  load: [
    { kind: 'flat', anonMib: 700 },
    { kind: 'randomService', cores: 0.6, serviceMs: 20 },
  ],
  agent: { up: { kind: 'lognormal', medianMs: 1_500, sigma: 1 }, denyShare: 0.2 },
});

it.each(SIDE_NAMES)('%s: the same seed gives the same scores and sizes', (side) => {
  expect(runScenario(RANDOM, side, 3)).toEqual(runScenario(RANDOM, side, 3));
});

it('another seed gives another run', () => {
  expect(runScenario(RANDOM, 'headroom', 3).scores).not.toEqual(runScenario(RANDOM, 'headroom', 4).scores);
});

it('the largest side has the largest size, and nothing waits for more', () => {
  const { scores } = runScenario(RANDOM, 'largest', 1);
  expect([scores.averageGib, scores.resizes, scores.requestsAnHour]).toEqual([16, 0, 0]);
});

it('samples come at the interval of the core, and those that show nothing new are held back', () => {
  const recorder = new StepRecorder();
  const { scores } = runScenario(
    scenarioWith({ vm: { maxUnits: 16, initialUnits: 4 }, load: [{ kind: 'fill', availableMib: 300 }] }),
    'headroom',
    1,
    recorder,
  );
  const samples = recorder.inputs.filter(({ type }) => type === 'sample.taken');
  expect(samples.length).toBeLessThan(0.5 * scores.samples);
  expect(samples.some((input) => 'unchangedMs' in input)).toBe(true);
});

it('a monitor that is started anew with its log keeps the windows, and one without begins anew', () => {
  const restarted = (withLog: boolean) => {
    const recorder = new StepRecorder();
    const monitor = { restarts: [{ atSeconds: 300, withLog }] };
    runScenario(scenarioWith({ load: [{ kind: 'flat', anonMib: 700, cores: 0.2 }], monitor }), 'headroom', 1, recorder);
    return recorder.traces[1]?.start.domain.coveredSince ?? null;
  };
  expect(restarted(true)).not.toBeNull();
  expect(restarted(false)).toBeNull();
});

it('an OOM kill is read, Postgres recovers, and the load comes back', () => {
  const recorder = new StepRecorder();
  const load = [{ kind: 'burst', atSeconds: 60, mib: 6_000, withinMs: 200, forSeconds: 400 }];
  const { scores } = runScenario(
    scenarioWith({ vm: { maxUnits: 16, initialUnits: 1 }, load }),
    'headroom',
    1,
    recorder,
  );
  expect(scores.oomKills).toBeGreaterThan(0);
  expect(scores.memoryShortGibSeconds).toBeGreaterThan(0);
  const kills = recorder.inputs.filter(
    (input) => input.type === 'sample.taken' && (input.readings.cgroup?.oomKillEventsDelta ?? 0) > 0,
  );
  expect(kills).toHaveLength(scores.oomKills);
  expect(scores.largestGib).toBeGreaterThan(6);
});

it('a file cache is resized by the core, and its working set is told each 15 s', () => {
  const scenario = SCENARIOS.get('file-cache-memory');
  if (scenario === undefined) throw new Error('the scenario is gone');
  const recorder = new StepRecorder();
  runScenario({ ...scenario, minutes: 5 }, 'headroom', 1, recorder);
  const types = new Set<string>(recorder.inputs.map(({ type }) => type));
  expect([...types]).toEqual(
    expect.arrayContaining(['fileCache.connected', 'fileCache.resized', 'workingSet.sampled']),
  );
  expect(recorder.inputs.filter(({ type }) => type === 'workingSet.sampled')).toHaveLength(20);
});
