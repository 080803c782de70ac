import { Requests, type GrantRules } from '../../../machines/simulation/requests';

const RULES: GrantRules = { upMs: 1_500, downMs: 6_000, denyRate: 0, lossRate: 0 };
const never = (): number => {
  throw new Error('no number is needed where nothing is denied or lost');
};
const wishes = (): Requests => new Requests(RULES, never);

describe('a wish', () => {
  it.each([
    ['up', 8, 2_500],
    ['down', 2, 7_000],
  ])('%s is due after its time', (_, wanted, dueAt) => {
    const agent = wishes();
    agent.request(1_000, wanted, 4);
    expect(agent.dueAt).toBe(dueAt);
    expect(agent.take()).toMatchObject({ units: wanted, askedAt: 1_000 });
    expect(agent.dueAt).toBe(Infinity);
  });

  it('in the same direction replaces the size and keeps the due time', () => {
    const agent = wishes();
    agent.request(1_000, 8, 4);
    agent.request(2_000, 6, 4);
    expect(agent.dueAt).toBe(2_500);
    expect(agent.take().units).toBe(6);
  });

  it('in the other direction begins anew', () => {
    const agent = wishes();
    agent.request(1_000, 2, 4);
    agent.request(2_000, 5, 4);
    expect(agent.dueAt).toBe(3_500);
    agent.request(3_000, 3, 4);
    expect(agent.dueAt).toBe(9_000);
  });

  it('for the present size cancels what is in flight', () => {
    const agent = wishes();
    agent.request(1_000, 8, 4);
    agent.request(2_000, 4, 4);
    expect(agent.dueAt).toBe(Infinity);
  });
});

describe('a wish that is denied or lost', () => {
  /** Loses the first `count` wishes that are sent, and tells when each was sent. */
  const losing = (count: number): { agent: Requests; sent: () => number } => {
    let sent = 0;
    const agent = new Requests({ ...RULES, denyRate: 0.25, lossRate: 0.25 }, () => (sent++ < count ? 0.49 : 0.5));
    return { agent, sent: () => sent };
  };
  const everySecond = (agent: Requests, seconds: number, sent: () => number): readonly number[] =>
    Array.from({ length: seconds }, (_, at) => at).filter((at) => {
      const before = sent();
      agent.request(at * 1_000, 8, 4);
      return sent() > before;
    });

  it('is sent again after 1 s, doubling to 10 s', () => {
    const { agent, sent } = losing(100);
    expect(everySecond(agent, 40, sent)).toEqual([0, 1, 3, 7, 15, 25, 35]);
    expect(agent.dueAt).toBe(Infinity);
  });

  it('takes its time from when it got through', () => {
    const { agent, sent } = losing(2);
    expect(everySecond(agent, 5, sent)).toEqual([0, 1, 3]);
    expect(agent.dueAt).toBe(4_500);
  });

  it('is sent at once when it has grown, not when it has shrunk', () => {
    const { agent, sent } = losing(4);
    for (const [at, units] of [
      [0, 6],
      [1_000, 6],
      [1_500, 5],
      [2_000, 7],
    ] as const)
      agent.request(at, units, 4);
    expect(sent()).toBe(3);
  });

  it('begins with 1 s again after it got through or was given up', () => {
    const { agent, sent } = losing(3);
    agent.request(0, 8, 4);
    agent.request(1_000, 8, 4);
    agent.request(2_000, 4, 4);
    agent.request(3_000, 8, 4);
    agent.request(4_000, 8, 4);
    expect(sent()).toBe(4);
    expect(agent.dueAt).toBe(5_500);
  });

  it('leaves what is in flight as it is when a later size is lost', () => {
    let lose = false;
    const agent = new Requests({ ...RULES, lossRate: 0.5 }, () => (lose ? 0 : 0.9));
    agent.request(0, 6, 4);
    lose = true;
    agent.request(1_000, 8, 4);
    expect(agent.take()).toMatchObject({ units: 6, dueAt: 1_500 });
  });
});
