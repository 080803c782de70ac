import { createPolicy } from '../../../../../machines/monitor/policies';
import { createHeadroomPolicy } from '../../../../../machines/monitor/policies/headroom/policy';
import type { HeadroomState } from '../../../../../machines/monitor/policies/headroom/state';
import {
  HEADROOM_DEFAULTS,
  PREFERENCES,
  type HeadroomParameters,
  type Preference,
} from '../../../../../machines/monitor/policies/headroom/parameters';
import { GIB, MIB, MINUTE_MS, SECOND_MS } from '../../../../../machines/shared/units';
import { stepAll, steady, type Seen } from '../../../../support/policy-steps';

const policy = createHeadroomPolicy();

const recommend = (seen: readonly Seen[], from?: HeadroomState) => stepAll(policy, seen, from).recommendation;

const granted = { cpu: 2, mem: 8 * GIB };

describe('going down', () => {
  const calm: Seen = { runCores: 0.2, neededBytes: GIB, granted };

  it('waits until the smaller size has begun to pay', () => {
    const at = (seconds: number) => recommend(steady(seconds, calm));
    expect(at(20)).toMatchObject({ cpu: 2, memBytes: 8 * GIB });
    expect(at(90)).toMatchObject({ cpu: 0.25, memBytes: 2 * GIB });
  });

  it('waits longer for a level that need has often returned above', () => {
    const busy: Seen = { ...calm, runCores: 2 };
    const cycle = (from: number): Seen[] => [...steady(20, busy, from), ...steady(100, calm, from + 20_000)];
    const cycles = Array.from({ length: 20 }, (_, i) => cycle(1000 + i * 120_000)).flat();
    expect(recommend(cycles.slice(0, 120)).cpu).toBe(0.25);
    expect(recommend(cycles).cpu).toBeGreaterThanOrEqual(2);
  });

  it('forgets returns with time', () => {
    const cycle = (from: number): Seen[] => [
      ...steady(20, { ...calm, runCores: 2 }, from),
      ...steady(100, calm, from + 20_000),
    ];
    const { state } = stepAll(policy, Array.from({ length: 20 }, (_, i) => cycle(1000 + i * 120_000)).flat());
    expect(recommend(steady(3600, calm, 41 * MINUTE_MS), state).cpu).toBe(0.25);
  });
});

describe('parameters', () => {
  it('are twelve, and the compute unit', () => {
    const { computeUnit, ...quantities } = HEADROOM_DEFAULTS;
    expect(Object.keys(quantities)).toHaveLength(12);
    expect(computeUnit).toEqual({ cpu: 0.25, mem: GIB });
  });

  const refused: readonly [Partial<HeadroomParameters>, string][] = [
    [{ levelMs: 0 }, 'headroom.levelMs is 0; allowed: an integer >= 1'],
    [{ levelChanges: -1 }, 'headroom.levelChanges is -1; allowed: a finite number >= 0'],
    [{ headroomDeviations: -1 }, 'headroom.headroomDeviations is -1; allowed: a finite number >= 0'],
    [{ clearMs: NaN }, 'headroom.clearMs is NaN; allowed: a finite number >= 0'],
    [{ standingWaitMs: -1 }, 'headroom.standingWaitMs is -1; allowed: a finite number >= 0'],
    [{ forecastMs: 0.5 }, 'headroom.forecastMs is 0.5; allowed: an integer >= 1'],
    [{ memoryHalfLifeMs: 0 }, 'headroom.memoryHalfLifeMs is 0; allowed: an integer >= 1'],
    [{ priceMs: -1 }, 'headroom.priceMs is -1; allowed: a finite number >= 0'],
    [{ crowdedFraction: 1 }, 'headroom.crowdedFraction is 1; allowed: a number > 0 and < 1'],
    [{ lookMs: 0 }, 'headroom.lookMs is 0; allowed: an integer >= 1'],
    [{ cacheStallFraction: 1 }, 'headroom.cacheStallFraction is 1; allowed: a number > 0 and < 1'],
    [{ probeFraction: 0 }, 'headroom.probeFraction is 0; allowed: a number > 0 and < 1'],
    [{ computeUnit: { cpu: 0, mem: GIB } }, 'headroom.computeUnit.cpu is 0; allowed: a finite number > 0'],
    [{ computeUnit: { cpu: 1, mem: 0.5 } }, 'headroom.computeUnit.mem is 0.5; allowed: an integer >= 1'],
  ];

  it.each(refused)('%j are refused with what is allowed', (parameters, message) => {
    expect(() => createHeadroomPolicy(parameters)).toThrow(new RangeError(message));
  });

  it('are all checked', () => {
    expect(new Set(refused.flatMap(([parameters]) => Object.keys(parameters)))).toEqual(
      new Set(Object.keys(HEADROOM_DEFAULTS)),
    );
  });
});

describe('the look before a first shrink', () => {
  it('is five minutes at least, and no less than a shrink looks back', () => {
    expect(policy.longestWindowMs).toBe(5 * MINUTE_MS);
    expect(createHeadroomPolicy({ lookMs: 10 * MINUTE_MS }).longestWindowMs).toBe(10 * MINUTE_MS);
  });
});

describe('the preference', () => {
  const FROM_COST: readonly Preference[] = ['cost', 'balanced', 'performance'];

  it('leads each of its numbers one way: more room, a higher price, less waiting', () => {
    const dial = FROM_COST.map((one) => ({ ...HEADROOM_DEFAULTS, ...PREFERENCES[one] }));
    const rising = (numbers: readonly number[]) => numbers.every((one, i) => i === 0 || one > numbers[i - 1]!);
    expect(rising(dial.map(({ headroomDeviations }) => headroomDeviations))).toBe(true);
    expect(rising(dial.map(({ priceMs }) => priceMs))).toBe(true);
    expect(rising(dial.map(({ cacheStallFraction }) => -cacheStallFraction))).toBe(true);
    expect(PREFERENCES.balanced).toEqual({});
  });

  it('decides how soon a smaller size is taken, and balanced is the default', () => {
    const unit = { cpu: 0.25, mem: GIB };
    const seen = steady(600, { runCores: 0.5, neededBytes: GIB, granted: { cpu: 1, mem: 8 * GIB } });
    const secondsToShrink = (preference?: Preference): number => {
      const one = createPolicy('headroom', unit, preference);
      let state = one.initial;
      return seen.findIndex((observation) => {
        const step = stepAll(one, [observation], state);
        state = step.state;
        return (step.recommendation.cpu ?? 1) < 1;
      });
    };
    const seconds = FROM_COST.map(secondsToShrink);
    expect(seconds[0]).toBeGreaterThan(0);
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
    expect(new Set(seconds).size).toBe(3);
    expect(secondsToShrink()).toBe(secondsToShrink('balanced'));
  });
});

describe('the reason', () => {
  it('says use, growth and demand in one sentence', () => {
    const growing: Seen = { growthBytesPerS: 200 * MIB, grantUpMs: 1400, runCores: 0.5, granted: { cpu: 1, mem: GIB } };
    const seen: Seen[] = [
      { neededBytes: 1.5 * GIB, at: 0 },
      { ...growing, neededBytes: GIB, elapsedMs: SECOND_MS, at: SECOND_MS },
    ];
    expect(policy.explain(recommend(seen))).toBe(
      'memory: 1 GiB in use, growing 200 MiB/s, a grant takes 1.4 s + 380 MiB for rises as seen before → 2 GiB; ' +
        'CPU: 0.5 vCPU wanted → 1 vCPU kept (0.5 vCPU would do, but saves less than a resize costs)',
    );
  });

  it('says what is foreseen', () => {
    const seen = Array.from({ length: 3 }, (_, i): Seen => ({
      neededBytes: (i + 1) * GIB,
      growthBytesPerS: GIB,
      at: i * SECOND_MS,
      elapsedMs: SECOND_MS,
    }));
    expect(policy.explain(recommend(seen))).toContain(
      'memory: 3 GiB in use, growing 1 GiB/s, a grant takes 1.5 s → 5.1 GiB foreseen',
    );
  });

  it('says what keeps a size that is no longer needed', () => {
    expect(policy.explain(recommend(steady(10, { runCores: 0.2, neededBytes: GIB, granted })))).toBe(
      'memory: 1 GiB in use → 8 GiB kept (2 GiB would do, but saves less than a resize costs); ' +
        'CPU: 0.2 vCPU wanted → 2 vCPU kept (0.25 vCPU would do, but saves less than a resize costs)',
    );
  });

  it('counts no less than a tenth of a task that waits', () => {
    const waiting = (waitingTasks: number) => policy.explain(recommend(steady(1, { granted, waitingTasks })));
    expect(waiting(0.04)).not.toContain('waiting');
    expect(waiting(0.26)).toContain('CPU: 0 vCPU wanted, 0.3 tasks waiting → ');
  });

  it('says what cannot be read', () => {
    expect(policy.explain({ cpu: null, memBytes: null, parts: {} })).toBe('memory: not readable; CPU: not readable');
  });
});
