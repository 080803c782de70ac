/** How a VM shrinks: only with the monitor's Ok, in small steps, and back at once when it must not. */
import { GIB, MIB } from '../../../machines/shared/units';
import { expectAgentRulesKept } from '../../rules/agent';
import { agentWorld, type AgentWorld } from '../../support/agent-world';
import { units } from '../../support/chart-events';

afterEach(expectAgentRulesKept);

const GIVES = GIB / 4000;

/** A VM of 4 units whose guest gives a quarter of a GiB a second. */
const settled = (): AgentWorld =>
  agentWorld({ initial: units(4) })
    .behaves('a', { bytesPerMs: GIVES })
    .connects('a')
    .wishes('a', units(4))
    .runs(200);

const lastRequest = (world: AgentWorld): number =>
  world
    .vm('a')
    .commands.flatMap((command) => (command.type === 'hypervisor.requestMemory' ? [command.memBytes] : []))
    .at(-1) ?? 0;

it('asks first, then takes 256 MiB after 256 MiB, then CPUs', () => {
  const world = settled().behaves('a', { bytesPerMs: Infinity }).wishes('a', units(3)).runs(1000);
  expect(world.frames('a', 'DownscaleRequest')).toMatchObject([{ content: { target: units(3) } }]);
  const sizes = world.vm('a').commands.flatMap((command): (number | string)[] => {
    if (command.type === 'hypervisor.requestMemory') return [command.memBytes / MIB];
    return command.type === 'hypervisor.requestCpu' ? [`${command.cpu} vCPU`] : [];
  });
  expect(sizes).toEqual([3840, 3584, 3328, 3072, '0.75 vCPU']);
  expect(world.context('a').announced).toEqual(units(3));
});

it('refused, it asks for a unit more, then keeps its size for 5 s, then asks again', () => {
  const world = settled().behaves('a', { agrees: false }).wishes('a', units(2)).runs(4900);
  const targets = (): unknown[] => world.frames('a', 'DownscaleRequest').map(({ content }) => content.target);
  // As the reference agent: no more than one unit above what was refused is kept.
  expect(targets()).toEqual([units(2), units(3)]);
  world.runs(300);
  expect(targets()).toEqual([units(2), units(3), units(2), units(3)]);
  expect(world.vm('a').size).toEqual(units(4));
});

it('without an answer nothing is taken, and it is asked again after 5 and 3 s', () => {
  const world = settled().behaves('a', { agrees: null }).wishes('a', units(2)).runs(7900);
  expect(world.frames('a', 'DownscaleRequest')).toHaveLength(1);
  world.runs(200);
  expect(world.frames('a', 'DownscaleRequest')).toHaveLength(2);
  expect(world.vm('a').size).toEqual(units(4));
});

it.each(['InternalError', 'InvalidMessage'])('answered by %s, it is asked again after 3 s', (type) => {
  const world = settled().behaves('a', { agrees: null }).wishes('a', units(2));
  const [asked] = world.frames('a', 'DownscaleRequest');
  world.hears('a', { type, error: 'failed to downscale', id: asked!.id }).runs(3100);
  expect(world.frames('a', 'DownscaleRequest')).toHaveLength(2);
});

it('an answer that comes twice counts once', () => {
  const world = settled().wishes('a', units(3));
  const [asked] = world.frames('a', 'DownscaleRequest');
  world.runs(20_000);
  const before = world.vm('a').commands.length;
  world.hears('a', { type: 'DownscaleResult', Ok: true, Status: '', id: asked!.id }).runs(10);
  expect(world.context('a').approved).toBeNull();
  expect(world.vm('a').commands).toHaveLength(before);
});

it('turns round in the same instant when the monitor requests the old size back', () => {
  const world = settled().wishes('a', units(2)).runs(500);
  expect(lastRequest(world)).toBeLessThan(4 * GIB);
  world.wishes('a', units(4));
  expect(lastRequest(world)).toBe(4 * GIB);
  world.runs(5000);
  expect(world.vm('a').size).toEqual(units(4));
  // The monitor had agreed to 2 units and hears that it has 4.
  expect(world.frames('a', 'UpscaleNotification').at(-1)?.content.granted).toEqual(units(4));
});

it('a step that takes longer than 3 s goes on for as long as the guest gives more', () => {
  const slow = (256 * MIB) / 4000;
  const world = settled().behaves('a', { bytesPerMs: slow }).wishes('a', units(3)).runs(18_000);
  expect(world.vm('a').size).toEqual(units(3));
  expect(world.frames('a', 'DownscaleRequest')).toHaveLength(1);
});

it('a step of which the guest gives nothing more for 3 s is taken back to whole units, and the monitor is told', () => {
  const world = settled()
    .behaves('a', { leastBytes: 3.6 * GIB })
    .wishes('a', units(2))
    .runs(8000);
  expect(lastRequest(world)).toBe(4 * GIB);
  world.runs(4000);
  expect(world.vm('a').size.mem).toBe(4 * GIB);
  expect(world.frames('a', 'UpscaleNotification').at(-1)?.content.granted).toEqual(units(4));
  // Not tried again for a while.
  expect(world.frames('a', 'DownscaleRequest')).toHaveLength(1);
});

it('a monitor that restarts while it shrinks is told the true size, and what was under way is taken back', () => {
  const world = settled().wishes('a', units(2)).runs(500);
  world.loses('a');
  expect(lastRequest(world)).toBe(4 * GIB);
  world.connects('a').runs(3000);
  expect(world.frames('a', 'VmInfo').at(-1)?.content.granted).toEqual(units(4));
});

it('a hypervisor that fails while it shrinks gets no further, and is not believed', () => {
  const world = settled().wishes('a', units(2)).runs(500).behaves('a', { failure: 'the socket is gone' }).runs(5000);
  const observed = world.context('a').observed!;
  expect(observed.mem).toBeGreaterThan(2 * GIB);
  world.behaves('a', { failure: null }).runs(60_000);
  expect(world.vm('a').size).toEqual(units(2));
});
