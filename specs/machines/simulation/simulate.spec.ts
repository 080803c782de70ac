import type { Observation } from '../../../machines/monitor/policies/policy';
import { POLICIES_UNDER_TEST } from '../../../machines/simulation/policies-under-test';
import { simulate } from '../../../machines/simulation/simulate';
import { traceOf } from '../../../machines/simulation/trace';
import { GIB, MIB } from '../../../machines/shared/units';
import { between, forRandom } from '../../support/random';
import { evenTrace, options, recorder, scripted } from '../../support/simulation';

const KERNEL_BYTES = 100 * MIB;
/** Wishes for so many whole units. */
const units = (count: number) => ({ cpu: count * 0.25, memBytes: count * GIB });

describe('demand', () => {
  it('is the row for CPU, and for memory a line from the row before within ten seconds', () => {
    const { steps, observer } = recorder();
    const trace = evenTrace({ cpuCores: [1, 3], memGib: [2, 12], intervalSeconds: 60 });
    simulate(
      trace,
      scripted(() => units(16)),
      options(),
      observer,
    );
    expect(steps.map((step) => step.demandCores)).toEqual(Array.from({ length: 120 }, (_, i) => (i < 60 ? 1 : 3)));
    const gib = steps.slice(59, 72).map((step) => step.demandBytes / GIB);
    expect(gib).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 12, 12]);
  });

  it('moves memory within the row where the row is shorter', () => {
    const { steps, observer } = recorder();
    const trace = evenTrace({ cpuCores: [1], memGib: [2, 4, 4], intervalSeconds: 4 });
    simulate(
      trace,
      scripted(() => units(16)),
      options(),
      observer,
    );
    expect(steps.slice(4, 8).map((step) => step.demandBytes / GIB)).toEqual([2.5, 3, 3.5, 4]);
  });

  it('is clipped to the largest size, memory to what the kernel leaves of it', () => {
    const { steps, observer } = recorder();
    const trace = evenTrace({ cpuCores: [9], memGib: [40] });
    const { usedCoreSeconds } = simulate(
      trace,
      scripted(() => units(16)),
      options(),
      observer,
    );
    expect(steps[0]).toMatchObject({ demandCores: 4, demandBytes: 16 * GIB - KERNEL_BYTES, memShort: 0 });
    expect(usedCoreSeconds).toBe(240);
  });

  it('is missing in a gap: time passes, nothing is counted, and the windows begin anew', () => {
    const rows = [0, 10, 20, 30, 1_030, 1_040].map((seconds) => ({
      seconds,
      cpuCores: 1,
      memBytes: GIB,
      cpuCapacityCores: 4,
      memCapacityBytes: 16 * GIB,
    }));
    const observed: Observation[] = [];
    const policy = scripted(() => units(2), {
      holdsBack: true,
      longestWindowMs: 25_000,
      saw: (one) => observed.push(one),
    });
    const measures = simulate(traceOf('gappy', rows), policy, options());
    expect(measures.durationSeconds).toBe(40);
    expect(observed.map(({ at }) => at)).toContain(30_000);
    expect(observed.find(({ at }) => at > 30_000)?.at).toBe(1_031_000);
    // The wish for less comes when the first window is full, at 26 s; it is granted while nobody looks.
    expect(measures.resizes).toBe(1);
  });
});

describe('a grant', () => {
  /** Wishes for 8 units from the start; memory of 1 GiB, CPU of 1 core. */
  const run = (chosen = {}) => {
    const { sizes, steps, observer } = recorder();
    const trace = evenTrace({ cpuCores: [1], memGib: [1] });
    const all = options({ initial: { cpu: 0.25, mem: GIB }, ...chosen });
    return {
      measures: simulate(
        trace,
        scripted(() => units(8)),
        all,
        observer,
      ),
      sizes,
      steps,
    };
  };

  it('takes effect at its instant within a second', () => {
    const { sizes, steps, measures } = run();
    expect(sizes).toEqual([
      [0, 0.25],
      [2.5, 2],
    ]);
    // Two and a half seconds at 1 unit, the rest of the minute at 8.
    expect(measures.allocatedCoreSeconds).toBeCloseTo(2.5 * 0.25 + 57.5 * 2, 9);
    expect(measures.allocatedGibSeconds).toBeCloseTo(2.5 + 57.5 * 8, 9);
    expect(steps.slice(0, 4).map(({ memShort }) => memShort / MIB)).toEqual([100, 100, 50, 0]);
  });

  it.each([
    [0, [1, 2]],
    [250, [1.25, 2]],
    [3_000, [4, 2]],
  ])('comes %d ms after the beat', (upMs, granted) => {
    const grants = { upMs, downMs: 6_000, denyRate: 0, lossRate: 0 };
    expect(run({ grants }).sizes[1]).toEqual(granted);
  });

  it('never comes where all wishes are lost', () => {
    const grants = { upMs: 1_500, downMs: 6_000, denyRate: 0, lossRate: 1 };
    expect(run({ grants }).measures).toMatchObject({ resizes: 0, memShortSeconds: 60 });
  });
});

describe('rule R12', () => {
  const resizes = (holdsBack: boolean): readonly (readonly [number, number])[] => {
    const { sizes, observer } = recorder();
    simulate(
      evenTrace({ cpuCores: [0.1] }),
      scripted(() => units(1), { holdsBack, longestWindowMs: 20_000 }),
      options(),
      observer,
    );
    return sizes;
  };

  it('holds back where the policy does, until its window is full', () => {
    expect(resizes(true)[1]).toEqual([27, 0.25]);
    expect(resizes(false)[1]).toEqual([7, 0.25]);
  });
});

describe('any run', () => {
  const randomTrace = (random: () => number) =>
    evenTrace({
      name: `random_${Math.floor(random() * 1e6)}`,
      cpuCores: Array.from({ length: 8 }, () => between(random, 0, 5)),
      memGib: Array.from({ length: 8 }, () => between(random, 0, 17)),
    });

  it('repeats itself exactly', () => {
    forRandom(5, (random) => {
      const trace = randomTrace(random);
      const all = options({
        noise: { cv: 0.3, seed: 4 },
        grants: { upMs: 1_500, downMs: 6_000, denyRate: 0.2, lossRate: 0.2 },
      });
      for (const policy of POLICIES_UNDER_TEST.values()) {
        expect(simulate(trace, policy, all)).toEqual(simulate(trace, policy, all));
      }
    });
  });

  it('adds up: all time is counted, allocation is size over time, used never exceeds the largest size', () => {
    forRandom(10, (random) => {
      const trace = randomTrace(random);
      const { sizes, observer } = recorder();
      const measures = simulate(
        trace,
        POLICIES_UNDER_TEST.get('goal-cu')!,
        options({ noise: { cv: 0.2, seed: 1 } }),
        observer,
      );
      const ends = [...sizes.slice(1).map(([at]) => at), 480];
      const allocated = sizes.reduce((sum, [at, cpu], i) => sum + cpu * (ends[i]! - at), 0);
      expect(measures.durationSeconds).toBe(480);
      expect(measures.allocatedCoreSeconds).toBeCloseTo(allocated, 6);
      expect(measures.resizes).toBe(sizes.length - 1);
      expect(measures.usedCoreSeconds).toBeLessThanOrEqual(4 * 480);
    });
  });

  it('demands the same whatever the policy does and whatever is lost', () => {
    const trace = evenTrace({ cpuCores: [1, 2, 3], memGib: [2, 4, 8] });
    const noise = { cv: 0.4, seed: 3 };
    const used = [...POLICIES_UNDER_TEST.values()].flatMap((policy) =>
      [0, 0.4].map((lossRate) => {
        const grants = { upMs: 1_500, downMs: 6_000, denyRate: 0, lossRate };
        return simulate(trace, policy, options({ noise, grants })).usedCoreSeconds;
      }),
    );
    expect(new Set(used).size).toBe(1);
  });

  it('refuses bounds that contradict each other', () => {
    const chosen = options({ min: { cpu: 2, mem: 8 * GIB }, max: { cpu: 1, mem: 4 * GIB } });
    expect(() => simulate(evenTrace({ cpuCores: [1] }), POLICIES_UNDER_TEST.get('oracle')!, chosen)).toThrow(
      RangeError,
    );
  });
});
