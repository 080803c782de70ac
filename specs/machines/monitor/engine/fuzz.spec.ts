/**
 * Random runs of the engine, judged by all rules. A failure prints its seed and the shortest list of
 * moves that still fails; `SEED=n npx jest fuzz` repeats it.
 */
import { isLeft } from 'fp-ts/Either';
import { rebootFrom, restartFrom, saveState } from '../../../../machines/monitor/engine/save';
import type { EngineState } from '../../../../machines/monitor/engine/state';
import type { Engine } from '../../../../machines/monitor/engine/engine';
import { checkRules, type Violation } from '../../../rules';
import { units } from '../../../support/chart-events';
import { play, randomMoves, type Move } from '../../../support/fuzz-moves';
import type { ActuatorsPlan } from '../../../support/actuators';
import { mulberry32 } from '../../../support/prng';
import { pick, played, type Random } from '../../../support/random';
import { Story, type StoryOptions } from '../../../support/scenario';
import { shrink } from '../../../support/shrink';

const RUNS = 200;
const RUNS_PER_TEST = 25;
/** About 160 of them are steps of the engine; timers add theirs. */
const MOVES = 220;
/** Half way the monitor is restarted, or the VM rebooted. */
const RESTART_AT = MOVES / 2;

/** Every third command fails; which, only the seed says. */
const failing = (random: Random): ActuatorsPlan => {
  const offset = Math.floor(random() * 3);
  let count = 0;
  return { fails: () => (count += 1) % 3 === offset };
};

const randomOptions = (random: Random): StoryOptions => ({
  policy: pick(random, ['headroom', 'headroom', 'goal-cu', 'sliding-max'] as const),
  sizing: {
    independent: random() < 0.3,
    max: pick(random, [units(8), units(3), null]),
    min: pick(random, [units(1), units(2)]),
  },
  statechart: {
    scaleRequests: pick(random, ['auto', 'auto', 'always', 'never'] as const),
    sizeFrom: pick(random, ['kernel', 'kernel', 'agent'] as const),
    fileCache: pick(random, ['absent', 'memory', 'disk'] as const),
    protect: pick(random, ['observe', 'tripwire', 'throttle', 'full', 'full'] as const),
    hardLimit: random() < 0.5,
    throttleMaxMs: pick(random, [0, 300, 1000, 5000]),
    hotplugCpus: random() < 0.5,
  },
  actuators: pick(random, [null, {}, { delayMs: 300 }, failing(random)]),
});

type Restart = typeof restartFrom;

const takeUp =
  (restart: Restart, state: EngineState) =>
  (engine: Engine): EngineState => {
    const taken = restart(engine, JSON.parse(JSON.stringify(saveState(engine, state))));
    if (isLeft(taken)) throw new Error(taken.left);
    return taken.right;
  };

/** The moves of two lives of the monitor; all that came of them. */
const live = (options: StoryOptions, restart: Restart, moves: readonly Move[]): Story[] => {
  const first = new Story(options);
  for (const move of moves.slice(0, RESTART_AT)) play(first, move);
  const second = new Story({ ...options, from: takeUp(restart, first.state), at: first.at + 1 });
  for (const move of moves.slice(RESTART_AT)) play(second, move);
  return [first, second];
};

const violations = (stories: readonly Story[]): Violation[] => stories.flatMap(({ trace }) => checkRules(trace));

const runOnce = (seed: number): void => {
  const random = mulberry32(seed);
  const options = randomOptions(random);
  const restart = pick(random, [restartFrom, rebootFrom]);
  const moves = randomMoves(random, MOVES);
  const [broken] = violations(live(options, restart, moves));
  if (broken === undefined) return;
  const short = shrink(moves, (part) =>
    violations(live(options, restart, part)).some(({ rule }) => rule === broken.rule),
  );
  const after = violations(live(options, restart, short));
  throw new Error(
    `SEED=${seed}, ${restart.name}, ${JSON.stringify(options)}\n${JSON.stringify(after, null, 1)}\n${short.map((move) => JSON.stringify(move)).join('\n')}`,
  );
};

describe('random runs', () => {
  const given = process.env['SEED'];
  const seeds = given === undefined ? Array.from({ length: played(RUNS) }, (_, i) => i + 1) : [Number(given)];
  const portions = Array.from({ length: Math.ceil(seeds.length / RUNS_PER_TEST) }, (_, i) =>
    seeds.slice(i * RUNS_PER_TEST, (i + 1) * RUNS_PER_TEST),
  );

  it.each(portions.map((portion) => [portion[0], portion.at(-1), portion] as const))(
    'keep all rules (seeds %i to %i)',
    (_first, _last, portion) => {
      for (const seed of portion) runOnce(seed);
    },
  );
});
