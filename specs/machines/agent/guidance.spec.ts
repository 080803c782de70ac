/** Who says how large the VM should be: ScaleRequests, or the metrics with the steps of the reference agent. */
import { GIB } from '../../../machines/shared/units';
import { expectAgentRulesKept } from '../../rules/agent';
import { agentWorld, type AgentWorld } from '../../support/agent-world';
import { units } from '../../support/chart-events';

afterEach(expectAgentRulesKept);

const old = (size = units(2)): AgentWorld => agentWorld({ initial: size, metrics: true }).connects('a', '1.0');

describe('a monitor that sends no ScaleRequest', () => {
  it('gets what the metrics give, scraped every 5 s', () => {
    const world = old();
    world.system = { ...world.system, memoryUsageBytes: 3 * GIB };
    world.runs(5100);
    expect(world.vm('a').size).toEqual(units(4));
    expect(world.vm('a').commands.filter(({ type }) => type === 'metrics.scrape')).toHaveLength(1);
  });

  it('is asked for one unit less at a time', () => {
    const world = old(units(4)).runs(7000);
    const targets = world.frames('a', 'DownscaleRequest').map(({ content }) => content.target);
    expect(targets).toEqual([units(3), units(2), units(1)]);
    expect(world.vm('a').size).toEqual(units(1));
  });

  it('gets one unit more for an UpscaleRequest, for 10 s', () => {
    const world = old().runs(1);
    world.hears('a', { type: 'UpscaleRequest', id: 3 }).runs(1000);
    expect(world.vm('a').size).toEqual(units(3));
    expect(world.grants('a').at(-1)?.reason).toMatch(/the monitor asks for more/);
    world.runs(8500);
    expect(world.vm('a').size).toEqual(units(3));
    world.runs(3000);
    expect(world.vm('a').size).toEqual(units(1));
  });

  it('climbs a unit with each UpscaleRequest', () => {
    const world = old().runs(1);
    for (const size of [3, 4, 5]) {
      world.hears('a', { type: 'UpscaleRequest', id: 3 }).runs(1000);
      expect(world.vm('a').size).toEqual(units(size));
    }
  });

  it('keeps its size while there are no metrics', () => {
    const world = agentWorld({ initial: units(4) })
      .connects('a', '1.0')
      .runs(60_000);
    expect(world.vm('a').size).toEqual(units(4));
    expect(world.frames('a', 'DownscaleRequest')).toEqual([]);
  });

  it('is not shrunk while nobody is connected', () => {
    const world = old(units(4)).loses('a').runs(60_000);
    expect(world.vm('a').size).toEqual(units(4));
  });
});

describe('from the first ScaleRequest', () => {
  const obeying = (): AgentWorld => old().wishes('a', units(4)).runs(1000);

  it('metrics and UpscaleRequests count no more, and are not scraped', () => {
    const world = obeying().runs(60_000);
    world.hears('a', { type: 'UpscaleRequest', id: 5 }).runs(5000);
    expect(world.vm('a').size).toEqual(units(4));
    expect(world.vm('a').commands.filter(({ type }) => type === 'metrics.scrape')).toEqual([]);
  });

  it('a new connection has 30 s for its first one; then the metrics decide again', () => {
    const world = obeying().connects('a', '1.0').runs(29_900);
    expect(world.vm('a').size).toEqual(units(4));
    world.runs(20_000);
    expect(world.vm('a').size).toEqual(units(1));
    expect(world.grants('a').at(-1)?.reason).toBe('the metrics give 1 compute units');
  });

  it('a new connection that sends one goes on as before', () => {
    const world = obeying().connects('a', '1.0').runs(20_000).wishes('a', units(3)).runs(60_000);
    expect(world.vm('a').size).toEqual(units(3));
  });
});

describe('a connection', () => {
  it('is checked every 5 s, and given up after three checks without any frame', () => {
    const world = agentWorld().connects('a').behaves('a', { confirms: false }).runs(19_900);
    expect(world.frames('a', 'HealthCheck').map(({ at }) => at - 10)).toEqual([5000, 10_000, 15_000]);
    world.runs(200);
    expect(world.vm('a').commands.at(-1)).toEqual({
      type: 'session.close',
      conn: 'c1',
      reason: '3 health checks unanswered',
    });
  });

  it('that sends what cannot be read is answered by InvalidMessage and stays', () => {
    const world = agentWorld().connects('a').hears('a', '{"type":"Poetry","id":3}');
    expect(world.frames('a', 'InvalidMessage')).toMatchObject([
      { content: { error: 'unreadable frame: {"type":"Poetry","id":3}' } },
    ]);
    world.wishes('a', units(2)).runs(1000);
    expect(world.vm('a').size).toEqual(units(2));
  });

  it.each([
    { cpu: -1, mem: GIB },
    { cpu: 1, mem: -5 },
  ])('that wishes %j is answered by InvalidMessage', (target) => {
    const world = agentWorld().connects('a').wishes('a', target);
    expect(world.frames('a', 'InvalidMessage')).toHaveLength(1);
    expect(world.context('a').monitorRequest).toBeNull();
  });

  it('that is over has no say any more', () => {
    const world = agentWorld().connects('a').connects('a');
    const text = JSON.stringify({ type: 'ScaleRequest', target: units(4), id: 3 });
    world.input({ type: 'frame.received', vm: 'a', conn: 'c1', text }).runs(1000);
    expect(world.vm('a').size).toEqual(units(1));
  });
});
