/** How VMs share a host. */
import { expectAgentRulesKept } from '../../rules/agent';
import { agentWorld, type AgentWorld } from '../../support/agent-world';
import { units } from '../../support/chart-events';

afterEach(expectAgentRulesKept);

const three = (): AgentWorld =>
  agentWorld({ vms: ['a', 'b', 'c'], capacity: units(6) })
    .connects('a')
    .connects('b')
    .connects('c')
    .runs(100);

const sizes = (world: AgentWorld): unknown[] => ['a', 'b', 'c'].map((name) => world.vm(name).size);

it('the first gets what is left, also if it is only a part, and hears why', () => {
  const world = three().wishes('a', units(3)).runs(1000).wishes('b', units(4)).runs(1000);
  expect(sizes(world)).toEqual([units(3), units(2), units(1)]);
  expect(world.frames('b', 'ScaleDenied')).toMatchObject([
    { content: { reason: 'the monitor requests 1 vCPU, 4 GiB; the host has 0.25 vCPU, 1 GiB left' } },
  ]);
  expect(world.context('b').announced).toEqual(units(2));
});

it('what another gives up goes to those who wait, in the order in which they came', () => {
  const world = three().wishes('a', units(4)).runs(1000).wishes('c', units(2)).runs(10).wishes('b', units(3)).runs(10);
  expect(sizes(world)).toEqual([units(4), units(1), units(1)]);
  world.wishes('a', units(2)).runs(10_000);
  expect(sizes(world)).toEqual([units(2), units(2), units(2)]);
  world.wishes('a', units(1)).runs(10_000);
  expect(sizes(world)).toEqual([units(1), units(3), units(2)]);
});

it('memory that is being given up is not given away before it is seen gone', () => {
  const world = three()
    .wishes('a', units(4))
    .runs(1000)
    .behaves('a', { bytesPerMs: 2 ** 17 })
    .wishes('a', units(3));
  world.wishes('b', units(2)).runs(3000);
  expect(sizes(world)).toMatchObject([{}, units(1), units(1)]);
  world.runs(10_000);
  expect(sizes(world)).toEqual([units(3), units(2), units(1)]);
});

it('nothing is given while a VM is unknown: it may have all of it', () => {
  const world = agentWorld({ vms: ['a', 'b'], capacity: units(20) });
  const fresh = world.engine.initial.vms['b']!;
  world.state = { ...world.state, vms: { ...world.state.vms, b: fresh } };
  world.steps.length = 0;
  world.connects('a').wishes('a', units(5)).runs(1000);
  // Counted as its largest size, 16 units.
  expect(world.vm('a').size).toEqual(units(4));
});

it('what a hypervisor was asked for counts until it is seen or withdrawn, whatever is wished meanwhile', () => {
  const world = agentWorld({ vms: ['a', 'b'], capacity: units(6), initial: units(2) })
    .connects('a')
    .connects('b');
  world.behaves('a', { bytesPerMs: 0 }).wishes('a', units(4)).runs(100).wishes('a', units(2)).runs(100);
  world.wishes('b', units(4)).runs(5000);
  expect(world.vm('b').size.mem).toBe(units(2).mem);
  // The guest never takes it; then it is asked for no more, and free.
  world.runs(20_000);
  expect(world.vm('a').asked.mem).toBe(units(2).mem);
  expect(world.vm('b').size).toEqual(units(4));
});
