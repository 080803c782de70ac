import { createHeadroomPolicy } from '../../../../../machines/monitor/policies/headroom/policy';
import type { HeadroomState } from '../../../../../machines/monitor/policies/headroom/state';
import type { HeadroomParameters } from '../../../../../machines/monitor/policies/headroom/parameters';
import type { Recommendation, Observation } from '../../../../../machines/monitor/policies/policy';
import { GIB, MIB, MINUTE_MS, SECOND_MS } from '../../../../../machines/shared/units';
import { deepFreeze } from '../../../../support/deep-freeze';
import { observed } from '../../../../support/observation';

const policy = createHeadroomPolicy();

type Seen = Partial<Observation>;

const stepAll = (
  seen: readonly Seen[],
  from: HeadroomState = policy.initial,
): { state: HeadroomState; recommendation: Recommendation } =>
  seen.reduce<{ state: HeadroomState; recommendation: Recommendation }>(
    ({ state }, differences) => policy.step(deepFreeze(state), observed(differences)),
    { state: from, recommendation: { cpu: null, memBytes: null, parts: {} } },
  );

/** The same for a while, a sample a second. */
const steady = (seconds: number, differences: Seen, fromMs = SECOND_MS): Seen[] =>
  Array.from({ length: seconds }, (_, i) => ({
    ...differences,
    at: fromMs + i * SECOND_MS,
    elapsedMs: SECOND_MS,
  }));

const granted = { cpu: 2, mem: 8 * GIB };

describe('memory', () => {
  it('is use + 0.3 % + 100 MiB in whole units', () => {
    expect(stepAll([{ neededBytes: 921 * MIB }]).recommendation.memBytes).toBe(GIB);
    expect(stepAll([{ neededBytes: 922 * MIB }]).recommendation.memBytes).toBe(2 * GIB);
  });

  it('is sized for the use that is expected two grants ahead', () => {
    const { recommendation: recommendation } = stepAll([
      { neededBytes: GIB, growthBytesPerS: 500 * MIB, grantUpMs: 2000 },
    ]);
    expect(recommendation.memBytes).toBe(GIB + 2000 * MIB + 100 * MIB);
  });

  it('is not forecast further than 8 GiB beyond what is used', () => {
    const { recommendation: recommendation } = stepAll([
      { neededBytes: GIB, growthBytesPerS: 100 * GIB, grantUpMs: 60_000 },
    ]);
    expect(recommendation.memBytes).toBe(9 * GIB + 100 * MIB);
  });

  it('gives up a forecast that has not come true within a minute', () => {
    const jump = stepAll([{ neededBytes: GIB, growthBytesPerS: GIB }]);
    expect(jump.recommendation.memBytes).toBeGreaterThan(4 * GIB);
    const after = stepAll(steady(61, { neededBytes: GIB }), jump.state);
    expect(after.recommendation.memBytes).toBeLessThan(4 * GIB);
  });

  it('leaves room for growth as steep as has been seen, up to half of use', () => {
    const { state } = stepAll([{ neededBytes: 4 * GIB, growthBytesPerS: 10 * GIB }]);
    const { recommendation: recommendation } = stepAll(steady(1, { neededBytes: 4 * GIB }, 100), state);
    expect(recommendation.parts['standingRoomBytes']).toBe(2 * GIB);
  });

  it('keeps the cached part of the working set of ten minutes, and asks for no more of it', () => {
    const workingSetPages = Array.from({ length: 60 }, (_, minute) => (minute + 1) * 10_000);
    const cached = (cachedBytes: number) =>
      stepAll([{ cachedBytes, workingSetPages }]).recommendation.parts['workingCacheBytes'];
    expect(cached(100 * GIB)).toBe(100_000 * 8192);
    expect(cached(MIB)).toBe(MIB);
  });

  it('is unknown, not zero, when it cannot be read', () => {
    expect(stepAll([{ neededBytes: GIB }, { neededBytes: null, at: 1000 }]).recommendation.memBytes).toBeNull();
  });
});

describe('CPU', () => {
  it('is the level of run time and of what begins to wait', () => {
    const { recommendation: recommendation } = stepAll(steady(10, { runCores: 0.9, delayCores: 0 }));
    expect(recommendation.cpu).toBe(1);
  });

  it('follows a step at once', () => {
    const calm = stepAll(steady(60, { runCores: 0.2, load1: 0.2 }));
    const { recommendation: recommendation } = stepAll(steady(1, { runCores: 2, delayCores: 2 }, 61_000), calm.state);
    expect(recommendation.cpu).toBeGreaterThanOrEqual(4);
  });

  it('catches up with a queue that holds more than a second or so of demand', () => {
    const calm = stepAll(steady(60, { runCores: 1 }));
    const queue = steady(3, { runCores: 1 }, 61_000).map((observed, i) => ({ ...observed, delayCores: i + 1 }));
    const { recommendation: recommendation } = stepAll(queue, calm.state);
    expect(recommendation.parts['queueCores']).toBeGreaterThan(2);
    expect(policy.explain(recommendation)).toContain('to catch up');
  });

  it('counts what waits all the time as demand', () => {
    const { recommendation: recommendation } = stepAll(steady(200, { runCores: 1, delayCores: 1 }));
    expect(recommendation.parts['queueCores']).toBe(2);
  });

  it('goes by the load where run time is not readable', () => {
    const { recommendation: recommendation } = stepAll(steady(60, { runCores: null, delayCores: null, load1: 2 }));
    expect(recommendation.cpu).toBe(2);
  });

  it('is unknown where nothing is readable', () => {
    expect(stepAll(steady(3, { runCores: null, load1: null })).recommendation.cpu).toBeNull();
  });
});

describe('going down', () => {
  const calm: Seen = { runCores: 0.2, neededBytes: GIB, granted };

  it('waits until the smaller size has begun to pay', () => {
    const at = (seconds: number) => stepAll(steady(seconds, calm)).recommendation;
    expect(at(20)).toMatchObject({ cpu: 2, memBytes: 8 * GIB });
    expect(at(90)).toMatchObject({ cpu: 0.25, memBytes: 2 * GIB });
  });

  it('waits longer for a level that need has often returned above', () => {
    const busy: Seen = { ...calm, runCores: 2 };
    const cycle = (from: number): Seen[] => [...steady(20, busy, from), ...steady(100, calm, from + 20_000)];
    const cycles = Array.from({ length: 20 }, (_, i) => cycle(1000 + i * 120_000)).flat();
    expect(stepAll(cycles.slice(0, 120)).recommendation.cpu).toBe(0.25);
    expect(stepAll(cycles).recommendation.cpu).toBeGreaterThanOrEqual(2);
  });

  it('forgets returns with time', () => {
    const cycle = (from: number): Seen[] => [
      ...steady(20, { ...calm, runCores: 2 }, from),
      ...steady(100, calm, from + 20_000),
    ];
    const { state } = stepAll(Array.from({ length: 20 }, (_, i) => cycle(1000 + i * 120_000)).flat());
    expect(stepAll(steady(3600, calm, 41 * MINUTE_MS), state).recommendation.cpu).toBe(0.25);
  });
});

describe('parameters', () => {
  const refused: readonly [Partial<HeadroomParameters>, string][] = [
    [{ memHeadroomFraction: -1 }, 'headroom.memHeadroomFraction is -1; allowed: a finite number >= 0'],
    [{ settleMs: 0 }, 'headroom.settleMs is 0; allowed: an integer >= 1'],
    [{ earnedFraction: 1 }, 'headroom.earnedFraction is 1; allowed: a number > 0 and < 1'],
    [{ computeUnit: { cpu: 0, mem: GIB } }, 'headroom.computeUnit.cpu is 0; allowed: a finite number > 0'],
    [{ longestLookMs: 44_999 }, 'headroom.longestLookMs is 44999; allowed: an integer >= 45000'],
    [{ deviationMs: 1000 }, 'headroom.deviationMs is 1000; allowed: an integer >= 69300'],
  ];

  it.each(refused)('%j are refused with what is allowed', (parameters, message) => {
    expect(() => createHeadroomPolicy(parameters)).toThrow(new RangeError(message));
  });
});

describe('the reason', () => {
  it('says use, growth and demand in one sentence', () => {
    const { recommendation: recommendation } = stepAll([
      { neededBytes: GIB, growthBytesPerS: 200 * MIB, grantUpMs: 1400, runCores: 0.5, elapsedMs: 1000 },
    ]);
    expect(policy.explain(recommendation)).toBe(
      'memory: 1 GiB in use, growing 200 MiB/s, a grant takes 1.4 s + 512 MiB for growth as seen before → 2 GiB; ' +
        'CPU: 0.5 vCPU wanted → 0.5 vCPU',
    );
  });

  it('says what keeps a size that is no longer needed', () => {
    const { recommendation: recommendation } = stepAll(steady(10, { runCores: 0.2, neededBytes: GIB, granted }));
    expect(policy.explain(recommendation)).toBe(
      'memory: 1 GiB in use → 8 GiB kept (2 GiB would do, but saves less than a resize costs); ' +
        'CPU: 0.2 vCPU wanted → 2 vCPU kept (0.25 vCPU would do, but saves less than a resize costs)',
    );
  });

  it('says what cannot be read', () => {
    expect(policy.explain({ cpu: null, memBytes: null, parts: {} })).toBe('memory: not readable; CPU: not readable');
  });
});
