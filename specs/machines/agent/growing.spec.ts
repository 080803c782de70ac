/** How a VM grows: in steps, believed when seen, told when there. */
import { GIB, MIB } from '../../../machines/shared/units';
import { expectAgentRulesKept } from '../../rules/agent';
import { agentWorld, type AgentWorld } from '../../support/agent-world';
import { units } from '../../support/chart-events';

afterEach(expectAgentRulesKept);

const requests = (world: AgentWorld, from = 0): number[] =>
  world
    .vm('a')
    .commands.slice(from)
    .flatMap((command) => (command.type === 'hypervisor.requestMemory' ? [command.memBytes / GIB] : []));

const granted = (world: AgentWorld): unknown[] =>
  world.frames('a', 'UpscaleNotification').map(({ content }) => content.granted);

it('memory at most doubles at each step, CPUs follow, and each size is told when it is there', () => {
  const world = agentWorld().connects('a').wishes('a', units(16)).runs(3000);
  expect(requests(world)).toEqual([2, 4, 8, 16]);
  expect(granted(world)).toEqual([
    { ...units(1), mem: 2 * GIB },
    { ...units(1), mem: 4 * GIB },
    { ...units(1), mem: 8 * GIB },
    { ...units(1), mem: 16 * GIB },
    units(16),
  ]);
});

it('a step is at most 8 GiB', () => {
  const world = agentWorld({ initial: units(2) })
    .connects('a')
    .wishes('a', units(16))
    .runs(3000);
  expect(requests(world)).toEqual([4, 8, 16]);
});

it('a wish between units is rounded up, and one beyond the largest size is denied with the reason', () => {
  const world = agentWorld()
    .connects('a')
    .wishes('a', { cpu: 0.3, mem: 1.2 * GIB })
    .runs(1000);
  expect(world.vm('a').size).toEqual(units(2));
  expect(world.frames('a', 'ScaleDenied')).toEqual([]);
  world.wishes('a', units(20)).runs(3000);
  expect(world.vm('a').size).toEqual(units(16));
  expect(world.frames('a', 'ScaleDenied')).toMatchObject([
    {
      content: { target: units(20), reason: 'the monitor requests 5 vCPU, 20 GiB; 4 vCPU, 16 GiB is the largest size' },
    },
  ]);
});

it('the next step waits until the guest has taken the last one', () => {
  const world = agentWorld()
    .behaves('a', { bytesPerMs: GIB / 1000 })
    .connects('a')
    .wishes('a', units(4))
    .runs(900);
  expect(requests(world)).toEqual([2]);
  expect(granted(world)).toEqual([]);
  world.runs(600);
  expect(requests(world)).toEqual([2, 4]);
  expect(granted(world)).toEqual([{ ...units(1), mem: 2 * GIB }]);
});

it('memory that the guest gives back right after it was seen is not built upon', () => {
  const world = agentWorld().connects('a').wishes('a', units(4)).runs(20);
  world.vm('a').size = units(1);
  world.behaves('a', { bytesPerMs: 0 }).runs(5000);
  expect(requests(world)).toEqual([2]);
});

it('a plug that happens by half is told as it is, and tried again with back-off', () => {
  const world = agentWorld().behaves('a', { bytesPerMs: 0 }).connects('a').wishes('a', units(2)).runs(20);
  world.vm('a').size = { ...units(1), mem: GIB + 512 * MIB };
  world.runs(12_000);
  expect(granted(world)).toEqual([{ ...units(1), mem: GIB + 512 * MIB }]);
  expect(requests(world)).toEqual([2, 2]);
  world.behaves('a', { bytesPerMs: Infinity }).runs(2000);
  expect(granted(world).at(-1)).toEqual(units(2));
});

it('a hypervisor that fails is asked again after 1, 2, 4 … 30 s, and nothing is told', () => {
  const world = agentWorld().connects('a').behaves('a', { failure: 'the socket is gone' }).wishes('a', units(2));
  world.runs(120_000);
  expect(granted(world)).toEqual([]);
  expect(world.context('a').failures).toBeGreaterThan(5);
  world.behaves('a', { failure: null }).runs(31_000);
  expect(world.vm('a').size).toEqual(units(2));
  expect(granted(world).at(-1)).toEqual(units(2));
});

it('a monitor of v1.0 hears of sizes by UpscaleNotification only', () => {
  const world = agentWorld().connects('a', '1.0').wishes('a', units(20)).runs(3000);
  expect(world.frames('a', 'VmInfo')).toEqual([]);
  expect(world.frames('a', 'ScaleDenied')).toEqual([]);
  expect(granted(world).at(-1)).toEqual(units(16));
});

it('a size that somebody else has changed is told: less by VmInfo, more by UpscaleNotification', () => {
  const world = agentWorld({ initial: units(4) })
    .connects('a')
    .wishes('a', units(4))
    .runs(100);
  world.vm('a').size = { ...units(4), mem: 6 * GIB };
  world.vm('a').asked = world.vm('a').size;
  world.runs(6000);
  expect(granted(world)).toEqual([{ ...units(4), mem: 6 * GIB }]);
});

it('an UpscaleNotification that nobody confirms is sent again 3 s after its time', () => {
  const world = agentWorld().behaves('a', { confirms: false }).connects('a').wishes('a', units(2)).runs(1000);
  expect(granted(world)).toHaveLength(1);
  world.behaves('a', { confirms: true }).runs(8000);
  expect(granted(world)).toHaveLength(2);
  expect(world.context('a').announced).toEqual(units(2));
});

it('a larger fraction of a vCPU is told too where there are only whole ones', () => {
  const world = agentWorld().behaves('a', { cpuStep: 1 }).connects('a').wishes('a', units(6)).runs(3000);
  expect(granted(world).at(-1)).toEqual(units(6));
  world.wishes('a', units(8)).runs(3000);
  expect(granted(world).at(-1)).toEqual(units(8));
});
