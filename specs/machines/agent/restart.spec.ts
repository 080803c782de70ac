/** What an agent that starts anew keeps of its log. */
import { resumableAgent } from '../../../machines/agent/save';
import { GIB } from '../../../machines/shared/units';
import { leftOf, rightOf } from '../../support/either';
import { agentWorld, takeWorlds, type AgentWorld } from '../../support/agent-world';
import { units } from '../../support/chart-events';

// The rules are not judged here: the steps before and after a restart are no one trace.
afterEach(() => void takeWorlds());

const shrinking = (): AgentWorld =>
  agentWorld({ initial: units(4) })
    .behaves('a', { bytesPerMs: GIB / 4000 })
    .connects('a')
    .wishes('a', units(4))
    .runs(200)
    .wishes('a', units(2))
    .runs(500);

/** The process is gone; the VM and its hypervisor go on. */
const restarted = (world: AgentWorld): AgentWorld => {
  const core = resumableAgent(world.engine);
  world.restarts(rightOf(core.restartFrom(JSON.parse(JSON.stringify(core.save(world.state))))));
  return world;
};

it('a shrink that was under way is taken back: its monitor may not know of it any more', () => {
  const world = restarted(shrinking()).runs(5000);
  expect(world.vm('a').size).toEqual(units(4));
});

it('the wish holds on, without metrics, until the monitor says it again', () => {
  const world = restarted(shrinking()).connects('a').runs(20_000);
  expect(world.context('a').monitorRequest).toEqual(units(2));
  expect(world.frames('a', 'VmInfo').at(-1)?.content.granted).toBeDefined();
  expect(world.vm('a').size).toEqual(units(2));
});

it('after 30 s without a wish the metrics count again, as with any new connection', () => {
  const world = restarted(shrinking()).connects('a').runs(31_000);
  expect(world.context('a').monitorRequest).toBeNull();
});

it('after another boot of the host nothing is kept but the numbers of commands', () => {
  const world = shrinking();
  const { nextCommandId } = world.state;
  const core = resumableAgent(world.engine);
  const saved: unknown = JSON.parse(JSON.stringify(core.save(world.state)));
  expect(rightOf(core.rebootFrom(saved))).toEqual({ ...world.engine.initial, nextCommandId });
});

it('a state of another shape is refused', () => {
  const core = resumableAgent(agentWorld().engine);
  expect(leftOf(core.restartFrom({ vms: 7 }))).toBe('the saved state has not the shape that this build knows');
});

it('a VM that the log does not know starts fresh', () => {
  const [one, two] = [agentWorld(), agentWorld({ vms: ['a', 'b'] })];
  const saved: unknown = JSON.parse(JSON.stringify(resumableAgent(one.engine).save(one.state)));
  const state = rightOf(resumableAgent(two.engine).restartFrom(saved));
  expect(state.vms['b']).toEqual(two.engine.initial.vms['b']);
  expect(state.vms['a']?.statechart.context.observed).toEqual(units(1));
});
