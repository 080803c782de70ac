import { NO_GROWTH, observeUse, standUntil, type Growth } from '../../../../machines/monitor/memory/growth';
import { GIB, MIB } from '../../../../machines/shared/units';
import { between, forRandom } from '../../../support/random';

type Sample = readonly [at: number, bytes: number];

const after = (samples: readonly Sample[]): Growth =>
  samples.reduce((growth, [at, bytes]) => observeUse(growth, at, bytes), NO_GROWTH);

/** Samples every `stepMs` of a ramp that begins at `fromMs`. */
const ramp = (bytesPerS: number, stepMs: number, untilMs: number, fromMs = 0): Sample[] =>
  Array.from({ length: untilMs / stepMs + 1 }, (_, i) => {
    const at = i * stepMs;
    return [at, GIB + (Math.max(0, at - fromMs) * bytesPerS) / 1000];
  });

describe('growth', () => {
  it('is 0 after one sample, and while use is level or falls', () => {
    expect(after([[0, GIB]]).bytesPerS).toBe(0);
    expect(after(ramp(0, 100, 2000)).bytesPerS).toBe(0);
    expect(after(ramp(-100 * MIB, 100, 2000)).bytesPerS).toBe(0);
  });

  it.each([10, 100, 500])('is the slope of a steady ramp at a beat of %i ms', (stepMs) => {
    expect(after(ramp(300 * MIB, stepMs, 3000)).bytesPerS).toBeCloseTo(300 * MIB, -3);
  });

  it('sees a ramp that has just begun within two beats', () => {
    expect(after(ramp(300 * MIB, 100, 2200, 2000)).bytesPerS).toBeCloseTo(300 * MIB, -3);
  });

  it('does not take one step of rounding for growth', () => {
    expect(
      after([
        [0, GIB],
        [1000, GIB + 64 * 1024],
      ]).bytesPerS,
    ).toBe(0);
  });

  it('knows nothing across a gap', () => {
    expect(
      after([
        [0, GIB],
        [1001, 2 * GIB],
      ]).bytesPerS,
    ).toBe(0);
    expect(
      after([
        [0, GIB],
        [1000, 2 * GIB],
      ]).bytesPerS,
    ).toBe(GIB);
  });

  it('does not spread a rise over the time in which use stood still', () => {
    const before = after([[0, GIB]]);
    expect(observeUse(before, 400, GIB + 15 * MIB).bytesPerS).toBe(37.5 * MIB);
    expect(observeUse(standUntil(before, 300), 400, GIB + 15 * MIB).bytesPerS).toBe(150 * MIB);
    expect(standUntil(NO_GROWTH, 300)).toBe(NO_GROWTH);
  });

  it('never holds more than ten points, is never negative, and never above the steepest step (random)', () => {
    forRandom(100, (random) => {
      let growth = NO_GROWTH;
      let [at, bytes] = [0, GIB];
      for (let i = 0; i < 200; i += 1) {
        at += Math.floor(between(random, 1, 400));
        bytes = Math.max(0, bytes + between(random, -100 * MIB, 100 * MIB));
        growth = observeUse(growth, at, bytes);
        expect(growth.points.length).toBeLessThanOrEqual(10);
        expect(growth.bytesPerS).toBeGreaterThanOrEqual(0);
        // At most 100 steps of 100 MiB lie in the window of a second; a slope is taken over 100 ms at least.
        expect(growth.bytesPerS).toBeLessThanOrEqual((100 * 100 * MIB * 1000) / 100);
      }
    });
  });
});
