import { createHeadroomPolicy, type HeadroomState } from '../../../../machines/policies/headroom/policy';
import type { Need, Observation } from '../../../../machines/policies/policy';
import { exceeds, toWholeUnits, type SizingRules } from '../../../../machines/sizing';
import type { Size } from '../../../../machines/events/size.codec';
import { GIB, MIB, MINUTE_MS, SECOND_MS } from '../../../../machines/units';
import { units } from '../../../support/chart-events';
import { deepFreeze } from '../../../support/deep-freeze';
import { observed } from '../../../support/observation';
import { between, forRandom } from '../../../support/random';

const policy = createHeadroomPolicy();
const RULES: SizingRules = { unit: units(1), min: units(1), max: units(32), independent: false };

type Seen = Partial<Observation>;

const stepAll = (seen: readonly Seen[], from: HeadroomState = policy.initial): { state: HeadroomState; need: Need } =>
  seen.reduce<{ state: HeadroomState; need: Need }>(
    ({ state }, differences) => policy.step(deepFreeze(state), observed(differences)),
    { state: from, need: { cpu: null, memBytes: null, parts: {} } },
  );

/** The same for a while, a sample a second. */
const steady = (seconds: number, differences: Seen, fromMs = 0): Seen[] =>
  Array.from({ length: seconds }, (_, i) => ({ ...differences, at: fromMs + i * SECOND_MS, elapsedMs: SECOND_MS }));

describe('memory', () => {
  it('is use + 15 % + 100 MiB, in steps of 32 MiB', () => {
    expect(stepAll([{ neededBytes: 1000 * MIB }]).need.memBytes).toBe(1280 * MIB);
  });

  it('is sized for the use that is expected when a grant arrives', () => {
    const { need } = stepAll([{ neededBytes: GIB, growthBytesPerS: 200 * MIB, grantUpMs: 2000 }]);
    expect(need.parts['forecastBytes']).toBe(GIB + 400 * MIB);
    expect(need.memBytes).toBeGreaterThan((GIB + 400 * MIB) * 1.15);
  });

  it('is not forecast further than 8 GiB beyond what is used', () => {
    const { need } = stepAll([{ neededBytes: GIB, growthBytesPerS: 100 * GIB, grantUpMs: 60_000 }]);
    expect(need.parts['forecastBytes']).toBe(9 * GIB);
  });

  it('stays at the most of the last ten minutes', () => {
    const spike = steady(1, { neededBytes: 3 * GIB });
    const later = (ms: number) => stepAll([...spike, { neededBytes: GIB, at: ms, elapsedMs: 1000 }]).need.memBytes;
    expect(later(10 * MINUTE_MS)).toBe(later(1000));
    expect(later(10 * MINUTE_MS + 1)).toBeLessThan(2 * GIB);
  });

  it('is unknown, not zero, when it cannot be read', () => {
    expect(stepAll([{ neededBytes: GIB }, { neededBytes: null, at: 1000 }]).need.memBytes).toBeNull();
  });
});

describe('CPU', () => {
  it('is run time and waiting time + 15 %', () => {
    const { need } = stepAll(steady(120, { runCores: 0.8, delayCores: 0.2 }));
    expect(need.cpu).toBeCloseTo(1.15, 1);
  });

  it('smooths a burst of a second', () => {
    const calm = steady(60, { runCores: 0.2, load1: 0.2 });
    const { need } = stepAll([...calm, { runCores: 4, at: 60_000, elapsedMs: SECOND_MS }]);
    expect(need.cpu).toBeLessThan(1.3);
  });

  it('does not depend on how often it is asked', () => {
    const often = Array.from({ length: 100 }, (_, i) => ({ at: i * 100, elapsedMs: 100, runCores: 1, load1: 0 }));
    const seldom = steady(10, { runCores: 1, load1: 0 });
    expect(stepAll(often).state.demandCores).toBeCloseTo(stepAll(seldom).state.demandCores!, 6);
  });

  it('goes by the load where run time is not readable', () => {
    const { need } = stepAll(steady(60, { runCores: null, delayCores: null, load1: 2 }));
    expect(need.cpu).toBeCloseTo(2.3, 1);
  });

  it('is unknown where nothing is readable', () => {
    expect(stepAll(steady(3, { runCores: null, load1: null })).need.cpu).toBeNull();
  });
});

describe('the need (random)', () => {
  const history = (random: () => number): Seen[] =>
    Array.from({ length: 40 }, (_, i) => ({
      at: i * SECOND_MS,
      elapsedMs: SECOND_MS,
      runCores: between(random, 0, 4),
      neededBytes: between(random, 0, 8 * GIB),
      growthBytesPerS: random() < 0.5 ? 0 : between(random, 0, GIB),
    }));

  it('is never less for more demand after the same history', () => {
    forRandom(100, (random) => {
      const { state } = stepAll(history(random));
      const now: Seen = {
        at: 40_000,
        elapsedMs: 1000,
        runCores: between(random, 0, 4),
        neededBytes: between(random, 0, 8 * GIB),
      };
      const more: Seen = { ...now, runCores: now.runCores! + random(), neededBytes: now.neededBytes! + random() * GIB };
      const [less, greater] = [stepAll([now], state).need, stepAll([more], state).need];
      expect(greater.cpu).toBeGreaterThanOrEqual(less.cpu!);
      expect(greater.memBytes).toBeGreaterThanOrEqual(less.memBytes!);
    });
  });

  it('holds what is used now', () => {
    forRandom(100, (random) => {
      const seen = history(random);
      expect(stepAll(seen).need.memBytes).toBeGreaterThan(seen.at(-1)!.neededBytes!);
    });
  });
});

describe('constant demand with noise', () => {
  it.each([0.2, 0.6, 1.05, 2])('of %d cores changes the size only upwards, and soon not at all', (cores) => {
    forRandom(5, (random) => {
      let state = policy.initial;
      const sizes: Size[] = [];
      for (let i = 0; i < 1800; i += 1) {
        const step = policy.step(
          state,
          observed({
            at: i * SECOND_MS,
            elapsedMs: SECOND_MS,
            runCores: cores * between(random, 0.9, 1.1),
            neededBytes: GIB * cores * between(random, 0.99, 1.01),
          }),
        );
        state = step.state;
        sizes.push(toWholeUnits(RULES, { cpu: step.need.cpu ?? 0, mem: step.need.memBytes ?? 0 }));
      }
      const shrinks = sizes.filter((size, i) => i > 0 && exceeds(sizes[i - 1]!, size));
      expect(shrinks).toEqual([]);
      const late = new Set(sizes.slice(600).map(({ cpu }) => cpu));
      expect(late.size).toBe(1);
    });
  });
});

describe('parameters', () => {
  it.each([{ memHeadroomFraction: -1 }, { windowMs: 0 }, { cpuStep: 0 }, { memStepBytes: 1.5 }])(
    '%j are refused',
    (parameters) => {
      expect(() => createHeadroomPolicy(parameters)).toThrow(RangeError);
    },
  );
});

describe('the reason', () => {
  it('says use, growth and the past in one sentence', () => {
    const { need } = stepAll([
      { neededBytes: GIB, growthBytesPerS: 200 * MIB, grantUpMs: 1400, runCores: 0.5, elapsedMs: 1000 },
    ]);
    expect(policy.explain(need)).toBe(
      'memory: 1 GiB in use, growing 200 MiB/s, a grant takes 1.4 s, so 1.3 GiB + 15 % + 100 MiB → 1.6 GiB; ' +
        'CPU: 0.09 vCPU wanted + 15 % → 0.15 vCPU',
    );
  });

  it('says what cannot be read', () => {
    expect(policy.explain({ cpu: null, memBytes: null, parts: {} })).toBe('memory: not readable; CPU: not readable');
  });
});
