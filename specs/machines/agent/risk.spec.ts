/** What a request says of a floor and of the time that is left, and what the agent does about it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatSize } from '../../../machines/shared/format';
import { GIB } from '../../../machines/shared/units';
import { expectAgentRulesKept } from '../../rules/agent';
import { agentWorld, type AgentWorld } from '../../support/agent-world';
import { units } from '../../support/chart-events';
import { ROOT } from '../../support/repository-root';

afterEach(expectAgentRulesKept);

const world = (capacity: number, held: Readonly<Record<string, number>>): AgentWorld => {
  const made = agentWorld({ vms: Object.keys(held), capacity: units(capacity) });
  for (const [name, size] of Object.entries(held)) made.connects(name).wishes(name, units(size)).runs(3000);
  return made;
};

const sizes = (made: AgentWorld): Record<string, number> =>
  Object.fromEntries(made.engine.setup.vms.map(({ name }) => [name, made.vm(name).size.mem / GIB]));

const reason = (made: AgentWorld, name: string): string | undefined => made.grants(name).at(-1)?.reason;

describe('floor and withinMs', () => {
  it('are kept with the request, as an instant', () => {
    const made = world(4, { a: 1 });
    made.wishes('a', units(2), { floor: units(2), withinMs: 1200 });
    expect(made.context('a').risk).toEqual({ floor: units(2), exhaustedAt: made.at + 1200 });
  });

  it('are gone with the next request that does not name them', () => {
    const made = world(4, { a: 1 }).wishes('a', units(2), { floor: units(2), withinMs: 1200 });
    expect(made.wishes('a', units(3)).context('a').risk).toBeNull();
  });

  it('are of the VM: a repeated request keeps the instant, another one does not', () => {
    const made = world(4, { a: 1 }).wishes('a', units(3), { floor: units(2), withinMs: 1200 });
    const exhaustedAt = made.at + 1200;
    made.runs(500).wishes('a', units(3), { floor: units(3) });
    expect(made.context('a').risk).toEqual({ floor: units(3), exhaustedAt });
    made.wishes('a', units(4), { floor: units(3) });
    expect(made.context('a').risk).toEqual({ floor: units(3), exhaustedAt: null });
  });

  it('are forgotten with the request', () => {
    const made = world(4, { a: 1 }).wishes('a', units(2), { floor: units(2) });
    made.connects('a').runs(31_000);
    expect(made.context('a')).toMatchObject({ monitorRequest: null, risk: null });
  });

  it.each([
    { floor: { cpu: -1, mem: GIB } },
    { floor: { cpu: 1, mem: 2 ** 60 } },
    { floor: { cpu: 1 } },
    { withinMs: -1 },
    { withinMs: 'soon' },
  ])('that are no size and no time (%j) are answered by InvalidMessage', (risk) => {
    const made = world(4, { a: 1 }).hears('a', { type: 'ScaleRequest', target: units(2), id: 5, ...risk });
    expect(made.frames('a', 'InvalidMessage')).toHaveLength(1);
    expect(made.context('a').monitorRequest).toEqual(units(1));
  });

  it('a time beyond an hour counts as an hour', () => {
    const made = world(4, { a: 1 }).wishes('a', units(2), { floor: units(1), withinMs: 1e12 });
    expect(made.context('a').risk?.exhaustedAt).toBe(made.at + 3_600_000);
  });
});

describe('on a host that is short', () => {
  it('the one below its floor is served first, and what is left is shared', () => {
    const made = world(10, { a: 2, b: 2, c: 6 });
    made.wishes('a', units(8)).wishes('b', units(6), { floor: units(4), withinMs: 1200 });
    made.wishes('c', units(5)).runs(3000);
    expect(sizes(made)).toEqual({ a: 2, b: 3, c: 5 });
    made.wishes('c', units(2)).runs(5000);
    expect(sizes(made)).toEqual({ a: 3, b: 5, c: 2 });
  });

  it('says how soon', () => {
    const made = world(8, { a: 2, b: 2, c: 4 })
      .wishes('a', units(8))
      .runs(5)
      .wishes('b', units(5), { floor: units(3), withinMs: 10_000 });
    made.behaves('c', { agrees: true }).wishes('c', units(3)).runs(4000);
    expect(sizes(made)).toEqual({ a: 2, b: 3, c: 3 });
    expect(reason(made, 'b')).toMatch(
      /^the monitor requests 1.25 vCPU, 5 GiB; at risk within \d.* s, served first; the host has 0 vCPU, 0 B left$/,
    );
  });

  it('says what is shared among how many', () => {
    const made = world(10, { a: 2, b: 2, c: 6 })
      .wishes('a', units(8))
      .wishes('b', units(8))
      .wishes('c', units(2))
      .runs(9000);
    expect(sizes(made)).toEqual({ a: 4, b: 4, c: 2 });
    expect(made.grants('a').map((grant) => grant.reason)).toContain(
      'the monitor requests 2 vCPU, 8 GiB; shares 4 GiB among 2 VMs',
    );
  });
});

describe('when nothing is free for one at risk', () => {
  const full = (): AgentWorld => {
    const made = world(12, { poor: 2, rich: 6, middling: 4 });
    return made
      .wishes('rich', units(6), { floor: units(2) })
      .wishes('middling', units(4), { floor: units(2) })
      .runs(1000);
  };
  const cries = (made: AgentWorld): AgentWorld => made.wishes('poor', units(4), { floor: units(3), withinMs: 900 });

  it('the one with the largest surplus lends a unit, and gets it back when there is room', () => {
    const made = cries(full());
    expect(reason(made, 'rich')).toBe(
      'the monitor requests 1.5 vCPU, 6 GiB; asked to give 1 GiB to poor, which is at risk',
    );
    made.runs(5000);
    expect(sizes(made)).toEqual({ poor: 3, rich: 5, middling: 4 });
    made.wishes('middling', units(2), { floor: units(2) }).runs(9000);
    expect(sizes(made)).toEqual({ poor: 4, rich: 6, middling: 2 });
  });

  it('one that refuses is left alone, and the next is asked', () => {
    const made = cries(full().behaves('rich', { agrees: false })).runs(4000);
    expect(sizes(made)).toEqual({ poor: 3, rich: 6, middling: 3 });
    expect(made.frames('rich', 'DownscaleRequest')).toHaveLength(1);
  });

  it('one that does not answer within 5 s is left alone as well', () => {
    const made = cries(full().behaves('rich', { agrees: null })).runs(10_000);
    expect(sizes(made)).toEqual({ poor: 3, rich: 6, middling: 3 });
  });

  it('where all refuse, each is asked again after 5, 10, 20 s, …', () => {
    const made = full().behaves('rich', { agrees: false }).behaves('middling', { agrees: false });
    cries(made).runs(50_000);
    const asked = made
      .frames('rich', 'DownscaleRequest')
      .map(({ at }) => Math.round((at - made.frames('rich', 'DownscaleRequest')[0]!.at) / 5000) * 5);
    expect(asked).toEqual([0, 5, 15, 35]);
    expect(sizes(made)).toEqual({ poor: 2, rich: 6, middling: 4 });
  });

  it('one that stays away is not asked, and one that grew meanwhile gets back what it lends', () => {
    const made = full()
      .loses('rich')
      .behaves('middling', { bytesPerMs: GIB / 4000 });
    cries(made).runs(20);
    expect(made.context('middling').goal).toEqual(units(3));
    made.wishes('middling', units(5), { floor: units(4) }).runs(5000);
    expect(sizes(made)).toEqual({ poor: 2, rich: 6, middling: 4 });
  });
});

describe('a reserve', () => {
  it('is given to one at risk at once, and to nobody else', () => {
    const made = agentWorld({ vms: ['a', 'b'], capacity: units(6), reserve: units(1) })
      .connects('a')
      .connects('b');
    made.wishes('a', units(9)).runs(5000);
    expect(sizes(made)).toEqual({ a: 4, b: 1 });
    made.wishes('b', units(2), { floor: units(2), withinMs: 500 }).runs(1000);
    expect(sizes(made)).toEqual({ a: 4, b: 2 });
  });
});

it('the example of docs/agent.md', () => {
  const made = world(12, { a: 2, b: 2, c: 8 }).behaves('c', { bytesPerMs: GIB / 500 });
  made.wishes('a', units(8), { floor: units(2) }).wishes('c', units(8), { floor: units(3) });
  made.wishes('b', units(6), { floor: units(4), withinMs: 1200 }).runs(4000);
  const said = [...made.grants('c'), ...made.grants('b')].map(
    ({ vm, target, reason: why }) => `${vm}: decided ${formatSize(target)}: ${why}`,
  );
  const docs = readFileSync(join(ROOT, 'docs/agent.md'), 'utf8');
  const example = /```\n(c: decided [^`]+)```/.exec(docs)?.[1]?.trim().split('\n') ?? [];
  expect(example).toHaveLength(2);
  expect(said).toEqual(expect.arrayContaining(example));
  expect(sizes(made)).toEqual({ a: 2, b: 4, c: 6 });
  made.wishes('c', units(3), { floor: units(3) }).runs(5000);
  expect(sizes(made)).toEqual({ a: 4, b: 5, c: 3 });
  expect(reason(made, 'a')).toMatch(/shares 3 GiB among 2 VMs$/);
});
