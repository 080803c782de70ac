/**
 * Random scenarios, judged by all rules after every step. A failure prints its seed; `SEED=n npx jest world/fuzz` repeats it, and
 * `make soak` plays ever new ones (SEED and RUNS of them from there on).
 */
import { runScenario } from '../../../../machines/simulation/world/run-scenario';
import type { Scenario } from '../../../../machines/simulation/world/scenario';
import { checkRules } from '../../../rules';
import { mulberry32 } from '../../../support/prng';
import { between, pick, played, type Random } from '../../../support/random';
import { scenarioWith, StepRecorder } from '../../../support/world';

const RUNS = 24;
const MINUTES = 6;

const whole = (random: Random, low: number, high: number): number => Math.round(between(random, low, high));

/** A load of some kind, that changes within the run. */
const LOADS: readonly ((random: Random) => object)[] = [
  (random) => ({ kind: 'flat', anonMib: whole(random, 50, 3_000), cores: between(random, 0, 3) }),
  (random) => ({ kind: 'leak', mibPerSecond: between(random, 0.5, 40) }),
  (random) => ({ kind: 'fill', availableMib: whole(random, 50, 1_000) }),
  (random) => ({ kind: 'busy', tasks: whole(random, 1, 6) }),
  (random) => ({ kind: 'randomService', cores: between(random, 0.1, 2), serviceMs: whole(random, 5, 50) }),
  (random) => ({ kind: 'coldReads', mibPerSecond: whole(random, 10, 400) }),
  (random) => ({
    kind: 'burst',
    atSeconds: whole(random, 20, 200),
    mib: whole(random, 50, 3_000),
    withinMs: 200,
    forSeconds: 60,
  }),
  (random) => ({
    kind: 'sharedBuild',
    atSeconds: whole(random, 20, 200),
    mib: whole(random, 100, 2_000),
    forSeconds: 30,
  }),
  (random) => ({
    ...{ kind: 'sawtooth', lowMib: 300, highMib: whole(random, 500, 5_000), cores: 0.5 },
    ...{ periodSeconds: whole(random, 20, 120), riseSeconds: whole(random, 1, 20) },
  }),
  (random) => ({
    ...{ kind: 'clients', clients: 16, thinkMs: 10, cpuMs: 1, readsPerQuery: 10, warmShare: random() },
    ...{ hotSetGib: between(random, 0.5, 8), keptIn: pick(random, ['pageCache', 'fileCache'] as const) },
  }),
];

const randomScenario = (random: Random, seed: number): Scenario =>
  scenarioWith({
    name: `fuzz-${seed}`,
    minutes: MINUTES,
    vm: {
      maxUnits: pick(random, [4, 8, 16]),
      initialUnits: pick(random, [1, 2, 4]),
      bootUnits: pick(random, [null, 1]),
      swapMib: pick(random, [0, 0, 512]),
      kernelRoomMib: pick(random, [null, null, 100]),
      foreignMaxMib: pick(random, [null, null, null, 2_000]),
      stealShare: pick(random, [0, 0, 0.4]),
      hasSchedstat: random() < 0.7,
      showsSteal: random() < 0.7,
      fileCache: pick(random, ['absent', 'memory', 'disk'] as const),
    },
    load: [pick(random, LOADS)(random), pick(random, LOADS)(random)],
    agent: {
      protocol: pick(random, ['1.1', '1.1', '1.0', 'old'] as const),
      up: pick(random, [
        { kind: 'fixed', ms: 1_500 },
        { kind: 'fixed', ms: 20_000 },
        { kind: 'pareto', leastMs: 500, alpha: 1.1 },
      ] as const),
      denyShare: pick(random, [0, 0, 0.5]),
      loseShare: pick(random, [0, 0, 0.3]),
      partialShare: pick(random, [0, 0, 0.5]),
      restartsAtSeconds: pick(random, [[], [whole(random, 10, 300)]]),
      informs: random() < 0.7,
    },
    monitor: {
      protect: pick(random, ['observe', 'tripwire', 'throttle', 'full'] as const),
      restarts: pick(random, [[], [{ atSeconds: whole(random, 60, 300), withLog: random() < 0.5 }]]),
    },
  });

const { SEED, RUNS: GIVEN_RUNS = '1' } = process.env;
const seedsFrom = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index);
const seeds = SEED === undefined ? seedsFrom(1, played(RUNS)) : seedsFrom(Number(SEED), Number(GIVEN_RUNS));

it.each(seeds)('seed %i', (seed) => {
  const random = mulberry32(seed);
  const recorder = new StepRecorder();
  const side = pick(random, ['headroom', 'headroom', 'sliding-max'] as const);
  const { scores } = runScenario(randomScenario(random, seed), side, seed, recorder);
  expect(recorder.steps.length).toBeGreaterThan(100);
  expect(Object.values(scores).every(Number.isFinite)).toBe(true);
  expect(recorder.judged.flatMap(checkRules)).toEqual([]);
});
