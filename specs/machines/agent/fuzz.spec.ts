/** Random runs of the agent over several VMs, judged by all its rules. A failure names its seed. */
import { brokenRules } from '../../rules/agent';
import { agentWorld, type AgentWorld } from '../../support/agent-world';
import { units } from '../../support/chart-events';
import { forRandom, pick, type Random } from '../../support/random';
import { GIB } from '../../../machines/shared/units';

const RUNS = 30;
const MOVES = 60;
const NAMES = ['a', 'b', 'c'];

const MOVE: readonly ((world: AgentWorld, vm: string, random: Random) => unknown)[] = [
  (world, vm, random) => world.wishes(vm, units(1 + Math.floor(random() * 12))),
  (world, vm, random) => world.wishes(vm, units(1 + Math.floor(random() * 12))),
  (world, vm, random) => world.wishes(vm, { cpu: random() * 3, mem: Math.floor(random() * 9 * GIB) }),
  (world, vm, random) => {
    const most = 1 + Math.floor(random() * 12);
    const risk = { floor: units(1 + Math.floor(random() * most)), withinMs: Math.floor(random() * 60_000) };
    return world.wishes(vm, units(most), pick(random, [risk, { floor: risk.floor }]));
  },
  (world, vm, random) => world.connects(vm, pick(random, ['1.0', '1.1'] as const)),
  (world, vm) => world.loses(vm),
  (world, vm) => world.hears(vm, { type: 'UpscaleRequest', id: 5 }),
  (world, vm, random) => world.hears(vm, { type: 'DownscaleResult', Ok: random() < 0.5, Status: '', id: 2 }),
  (world, vm) => world.hears(vm, '{"type":'),
  (world, vm) => world.hears(vm, { type: 'InvalidMessage', error: 'what?', id: 4 }),
  (world, vm, random) => world.behaves(vm, { agrees: pick(random, [true, true, false, null]) }),
  (world, vm, random) => world.behaves(vm, { confirms: random() < 0.8 }),
  (world, vm, random) => world.behaves(vm, { bytesPerMs: pick(random, [Infinity, 1e6, 1e5, 0]) }),
  (world, vm, random) => world.behaves(vm, { leastBytes: pick(random, [0, 0, 3 * GIB]) }),
  (world, vm, random) => world.behaves(vm, { failure: pick(random, [null, null, 'the socket is gone']) }),
];

const play = (random: Random): AgentWorld => {
  const world = agentWorld({
    vms: NAMES,
    capacity: pick(random, [null, units(6), units(12), { cpu: 1, mem: 20 * GIB }]),
    reserve: pick(random, [units(0), units(1)]),
    metrics: random() < 0.5,
    independent: random() < 0.3,
  });
  for (let move = 0; move < MOVES; move += 1) {
    pick(random, MOVE)(world, pick(random, NAMES), random);
    world.runs(pick(random, [0, 1, 50, 500, 6000]));
  }
  return world;
};

it('keeps all rules', () => {
  forRandom(RUNS, (random) => {
    const broken = brokenRules(play(random));
    if (broken.length > 0) throw new Error(broken.join('\n'));
  });
}, 60_000);

it('converges on what is wished once everybody behaves (each VM alone on its host)', () => {
  forRandom(RUNS, (random) => {
    const world = play(random);
    if (world.engine.setup.capacity !== null) return;
    for (const name of NAMES) {
      world.behaves(name, { bytesPerMs: Infinity, leastBytes: 0, failure: null, agrees: true, confirms: true });
      world.connects(name).wishes(name, units(5));
    }
    world.runs(120_000);
    for (const name of NAMES) {
      expect(world.vm(name).size).toEqual(units(5));
      expect(world.context(name).announced).toEqual(units(5));
    }
  });
}, 60_000);
