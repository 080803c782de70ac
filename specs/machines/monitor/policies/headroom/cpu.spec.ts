/** CPU of `headroom`: the level of demand, and what waits. */
import { createHeadroomPolicy } from '../../../../../machines/monitor/policies/headroom/policy';
import type { HeadroomState } from '../../../../../machines/monitor/policies/headroom/state';
import { HEADROOM_DEFAULTS } from '../../../../../machines/monitor/policies/headroom/parameters';
import { GIB, SECOND_MS } from '../../../../../machines/shared/units';
import { stepAll, steady, type Seen } from '../../../../support/policy-steps';

const policy = createHeadroomPolicy();

const recommend = (seen: readonly Seen[], from?: HeadroomState) => stepAll(policy, seen, from).recommendation;

const cores = (count: number): Seen => ({ granted: { cpu: count, mem: GIB } });
/** One core that is busy all the time. */
const busy: Seen = { ...cores(1), runCores: 1 };

describe('the level', () => {
  it('is run time', () => {
    expect(recommend(steady(10, { runCores: 0.9 })).cpu).toBe(1);
  });

  it('follows a step as soon as it lasts for two samples: a second alone may be a burst', () => {
    const calm = stepAll(policy, steady(60, { ...cores(8), runCores: 0.2 }));
    const after = (seconds: number) => recommend(steady(seconds, { ...cores(8), runCores: 4 }, 61_000), calm.state);
    expect(after(1).cpu).toBe(calm.recommendation.cpu);
    expect(after(2).cpu).toBeGreaterThanOrEqual(4);
    expect(after(2).cpu).toBeLessThanOrEqual(4.25);
  });

  it('rises no further than both samples have shown', () => {
    const seen = [0.2, 4, 2].map((runCores, i) => ({
      ...cores(8),
      runCores,
      at: (i + 1) * SECOND_MS,
      elapsedMs: SECOND_MS,
    }));
    expect(recommend(seen).parts['levelCores']).toBe(2);
  });

  it('follows a step that cannot run yet at once, as far as it is known how much work waits', () => {
    const calm = stepAll(policy, steady(60, { ...cores(2), runCores: 0.2 }));
    const step: Seen = { ...cores(2), runCores: 2, waitingTasks: 20, taskSeconds: 0.1 };
    expect(recommend(steady(1, step, 61_000), calm.state).cpu).toBeGreaterThanOrEqual(4);
  });

  it('shows the size, not the demand, where a crowd waits that nobody knows: it is not followed', () => {
    const calm = stepAll(policy, steady(60, { ...cores(2), runCores: 0.2 }));
    const level = (seconds: number, waiting: Seen) =>
      recommend(steady(seconds, { ...cores(2), runCores: 2, ...waiting }, 61_000), calm.state).parts['levelCores'];
    expect(level(2, { waitingTasks: 1 })).toBe(2);
    expect(level(2, { waitingTasks: 1.01 })).toBeLessThan(0.25);
    expect(level(2, { waitingTasks: 1.01, taskSeconds: 0.9 })).toBeLessThan(0.25);
    expect(level(1, { waitingTasks: 1.01, taskSeconds: 1 })).toBe(3.01);
  });

  it('takes spikes that come back for jitter', () => {
    const spikes = Array.from({ length: 600 }, (_, i): Seen => ({
      ...cores(2),
      at: (i + 1) * SECOND_MS,
      elapsedMs: SECOND_MS,
      runCores: i % 10 >= 8 ? 1 : 0.2,
    }));
    let { state } = stepAll(policy, []);
    const jumps = spikes.filter((seen) => {
      const before = state.demand?.level ?? 0.2;
      ({ state } = stepAll(policy, [seen], state));
      return (state.demand?.level ?? 0) - before > 0.3;
    });
    // Of sixty spikes of two seconds.
    expect(jumps[0]?.at).toBe(10_000);
    expect(jumps.length).toBeLessThan(10);
  });

  it('sums readings up to a second, and takes a task of 100 ms for no core', () => {
    const beats = Array.from({ length: 20 }, (_, i): Seen => ({
      ...cores(2),
      at: (i + 1) * 100,
      elapsedMs: 100,
      runCores: i % 9 === 0 ? 2 : 0.1,
    }));
    expect(recommend(beats).parts['levelCores']).toBeCloseTo(0.31, 2);
  });

  it('goes by the load where run time is not readable, and by no waiting', () => {
    const load: Seen = { ...cores(2), runCores: null, waitingTasks: 9, taskSeconds: 1, load1: 2 };
    expect(recommend(steady(60, load))).toMatchObject({ cpu: 2, parts: { catchUpCores: 0, hiddenCores: 0 } });
  });

  it('is unknown where nothing is readable', () => {
    expect(recommend(steady(3, { runCores: null, load1: null })).cpu).toBeNull();
  });
});

describe('work whose amount is known', () => {
  /** After a calm minute a task more waits in each second, each with a second of work. */
  const queue = (seconds: number): Seen[] => [
    ...steady(60, busy),
    ...Array.from({ length: seconds }, (_, i) => ({
      ...busy,
      at: (61 + i) * SECOND_MS,
      elapsedMs: SECOND_MS,
      waitingTasks: i + 1,
      taskSeconds: 1,
    })),
  ];

  it('that waits for longer than clearMs is caught up with', () => {
    expect(recommend(queue(1)).parts['catchUpCores']).toBe(0);
    // Two core-seconds wait, of which one is new: what comes, and a quarter of the rest.
    expect(recommend(queue(2)).parts['catchUpCores']).toBe(2.5);
    expect(recommend(queue(3))).toMatchObject({ cpu: 2.75, parts: { catchUpCores: 2.75 } });
    expect(policy.explain(recommend(queue(3)))).toContain('3 tasks waiting → 2.75 vCPU to catch up');
  });

  it('keeps its cores until they were granted and used, and is no need that comes back', () => {
    const { state } = stepAll(policy, queue(3));
    const after = (seconds: number) => recommend(steady(seconds, busy, 64_000), state);
    expect(after(7).cpu).toBe(2.75);
    expect(after(8).parts).toMatchObject({ catchUpCores: 0, retainedCores: 2.25 });
  });

  it('is nothing while some CPUs are idle', () => {
    const idle = queue(5).map((seen) => ({ ...seen, ...cores(1.1) }));
    expect(recommend(idle).parts).toMatchObject({ catchUpCores: 0, levelCores: 1 });
  });

  it('still waits when a grant has just come', () => {
    const { state } = stepAll(policy, queue(3));
    const granted: Seen = {
      ...cores(4),
      at: 64_000,
      elapsedMs: SECOND_MS,
      runCores: 2,
      waitingTasks: 2,
      taskSeconds: 1,
    };
    // Two ran and two wait of three that waited: one has come.
    expect(recommend([granted], state).parts['catchUpCores']).toBe(2.75);
    expect(stepAll(policy, [granted], state).state.demand?.last).toBe(1);
  });
});

describe('tasks that wait all the time', () => {
  const waiting: Seen = { ...busy, waitingTasks: 1 };
  const STANDING_S = HEADROOM_DEFAULTS.standingWaitMs / SECOND_MS;
  const hidden = (seen: readonly Seen[]) => recommend(seen).parts['hiddenCores'];

  it('are demand that the size hides after standingWaitMs beside half as many that run', () => {
    expect(hidden(steady(2 * STANDING_S, waiting))).toBe(0);
    expect(hidden(steady(2 * STANDING_S + 1, waiting))).toBe(2);
    expect(recommend(steady(2 * STANDING_S + 1, waiting)).cpu).toBe(2);
    expect(policy.explain(recommend(steady(2 * STANDING_S + 1, waiting)))).toContain(
      '1 task waiting → 2 vCPU to find out what waits',
    );
  });

  it('are none where less waits than half of what runs', () => {
    expect(hidden(steady(600, { ...busy, waitingTasks: 0.5 }))).toBe(0);
    expect(hidden(steady(600, { ...busy, waitingTasks: 0.6 }))).toBeCloseTo(1.6);
  });

  it('are at the most as many again as run, and found no sooner in a larger crowd', () => {
    expect(hidden(steady(2, { ...busy, waitingTasks: 100 }))).toBe(0);
    expect(hidden(steady(3, { ...busy, waitingTasks: 100 }))).toBe(2);
    expect(hidden(steady(2, { ...busy, waitingTasks: 5 }))).toBe(0);
    expect(hidden(steady(3, { ...busy, waitingTasks: 5 }))).toBe(2);
  });

  it('are none while some CPUs are idle, and begin anew after that', () => {
    expect(hidden(steady(600, { ...waiting, ...cores(1.1) }))).toBe(0);
    const before = 2 * STANDING_S - 1;
    const pause = { ...waiting, runCores: 0.9, at: 2 * STANDING_S * SECOND_MS, elapsedMs: SECOND_MS };
    const after = (seconds: number) => steady(seconds, waiting, (2 * STANDING_S + 1) * SECOND_MS);
    expect(hidden([...steady(before, waiting), pause, ...after(2 * STANDING_S)])).toBe(0);
    expect(hidden([...steady(before, waiting), ...after(2)])).toBe(2);
  });

  it('have to show what a larger size is worth: half of their waiting is forgotten when it comes', () => {
    const grown = steady(100, { ...cores(2), runCores: 2, waitingTasks: 2 }, 21_000);
    const after = (seconds: number) => stepAll(policy, [...steady(20, waiting), ...grown.slice(0, seconds)]).state.wait;
    expect(after(0).standingMs).toBe(10_000);
    expect(after(1).standingMs).toBe(5500);
    expect(after(2).standingMs).toBe(6000);
  });

  it('are wanted for as long as it takes to be granted and used, and are a need that comes back', () => {
    const { state } = stepAll(policy, steady(2 * STANDING_S + 1, waiting));
    const after = (seconds: number) => recommend(steady(seconds, busy, (2 * STANDING_S + 2) * SECOND_MS), state).parts;
    expect(after(7)).toMatchObject({ hiddenCores: 2, leastCores: 2 });
    expect(after(8)).toMatchObject({ hiddenCores: 0, retainedCores: 2 });
  });
});

describe('a crowded VM', () => {
  /** One core of two runs, and in so much of the time some task waits. */
  const stalled = (cpuStallFraction: number | null): Seen => ({ ...cores(2), runCores: 1, cpuStallFraction });
  const { levelMs, crowdedFraction } = HEADROOM_DEFAULTS;
  const long = (10 * levelMs) / SECOND_MS;
  const crowded = stepAll(policy, steady(long, stalled(crowdedFraction + 0.01)));
  const leastAfter = (seconds: number, fraction: number) =>
    recommend(steady(seconds, stalled(fraction), (long + 1) * SECOND_MS), crowded.state).parts['leastCores'];

  it('has some task that waits in crowdedFraction of the time, in the mean of minutes', () => {
    const least = (seconds: number, fraction: number | null) =>
      recommend(steady(seconds, stalled(fraction))).parts['leastCores'];
    expect(least(long, crowdedFraction - 0.01)).toBe(1);
    expect(crowded.recommendation.parts['leastCores']).toBe(1.5);
    expect(least(60, 1)).toBe(1);
    expect(least(120, 1)).toBe(1.5);
    expect(least(long, null)).toBe(1);
  });

  it('says so', () => {
    const kept = { ...crowded.recommendation, parts: { ...crowded.recommendation.parts, retainedCores: 1.5 } };
    expect(policy.explain(kept)).toContain('so that tasks do not wait for each other (some do 36 % of the time)');
  });

  it('keeps what relieves it: it is crowded until the waiting is far less', () => {
    expect(leastAfter(long, 0.31 * crowdedFraction)).toBe(1.5);
    expect(leastAfter(long, 0.29 * crowdedFraction)).toBe(1);
  });
});
