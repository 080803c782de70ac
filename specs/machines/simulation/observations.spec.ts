/** What a policy sees of a simulated VM. */
import type { Observation } from '../../../machines/monitor/policies/policy';
import { simulate } from '../../../machines/simulation/simulate';
import { GIB, MIB } from '../../../machines/shared/units';
import { evenTrace, options, scripted } from '../../support/simulation';

const KERNEL_BYTES = 100 * MIB;
/** Wishes for so many whole units. */
const units = (count: number) => ({ cpu: count * 0.25, memBytes: count * GIB });

describe('what a policy sees', () => {
  const observe = (chosen = {}, trace = evenTrace({ cpuCores: [2, 1], memGib: [1, 3], intervalSeconds: 60 })) => {
    const observed: Observation[] = [];
    simulate(
      trace,
      scripted(() => units(4), { saw: (one) => observed.push(one) }),
      options(chosen),
    );
    return observed;
  };

  it('is the past second: run time, waiting, load, memory that fits, never more', () => {
    const observed = observe({ max: { cpu: 1, mem: 4 * GIB } });
    expect(observed[0]).toMatchObject({ at: 1_000, elapsedMs: 1_000, runCores: 1, waitingTasks: 0, usedBytes: GIB });
    const squeezed = observe({ initial: { cpu: 0.25, mem: GIB } });
    expect(squeezed[0]).toMatchObject({ runCores: 0.25, waitingTasks: 1.75, load1: 2, usedBytes: GIB - KERNEL_BYTES });
    expect(squeezed[1]).toMatchObject({ runCores: 0.25, waitingTasks: 3.5, granted: { cpu: 0.25, mem: GIB } });
  });

  it.each([
    [100, 1_200],
    [1_000, 120],
    [5_000, 24],
    [60_000, 2],
  ])('comes every %d ms, with means over that time', (intervalMs, samples) => {
    const observed = observe({ beatMs: intervalMs });
    expect(observed).toHaveLength(samples);
    expect(observed[0]).toMatchObject({ at: intervalMs, elapsedMs: intervalMs });
    const last = observed.at(-1)!;
    expect(last).toMatchObject({ at: 120_000, elapsedMs: intervalMs });
    expect(last.runCores).toBeGreaterThan(0);
  });

  it('holds the learned time of a grant, as seen at beats: slow ones from the second on', () => {
    const observed: Observation[] = [];
    const grants = { upMs: 3_200, downMs: 6_000, denyRate: 0, lossRate: 0 };
    // One unit more each ten seconds.
    const policy = scripted(({ at }) => units(1 + Math.floor(at / 10_000)), { saw: (one) => observed.push(one) });
    simulate(evenTrace({ cpuCores: [1], memGib: [1] }), policy, options({ grants, initial: { cpu: 0.25, mem: GIB } }));
    const learnedAt = (seconds: number) => observed.find(({ at }) => at === seconds * 1_000)?.grantUpMs;
    expect([13, 14, 23, 24, 60].map(learnedAt)).toEqual([1_500, 1_500, 1_500, 4_000, 4_000]);
  });

  it('says how fast and how far use has risen, and nothing of page cache', () => {
    const trace = evenTrace({ cpuCores: [1], memGib: [1, 2], intervalSeconds: 60 });
    const seen = observe({ initial: { cpu: 4, mem: 16 * GIB } }, trace);
    // A GiB within ten seconds, from the 61st on.
    const rising = seen.find(({ at }) => at === 65_000)!;
    expect(rising.growthBytesPerS).toBeCloseTo(GIB / 10, -6);
    expect(rising.riseBytes).toBeCloseTo(GIB / 10, -6);
    expect(seen.find(({ at }) => at === 55_000)).toMatchObject({ growthBytesPerS: 0, riseBytes: 0 });
    expect(rising).toMatchObject({ pageCacheBytes: null, refaultPagesPerS: null, taskSeconds: 1, keptBytes: 0 });
    expect(rising.capacityCores).toBe(rising.granted.cpu);
  });
});
