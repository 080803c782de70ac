import { NO_GROWTH, observeUse, riseBytes, standUntil, type Growth } from '../../../../machines/monitor/memory/growth';
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

  it('never holds more than twelve points, is never negative, and never above the steepest step (random)', () => {
    forRandom(100, (random) => {
      let growth = NO_GROWTH;
      let [at, bytes] = [0, GIB];
      for (let i = 0; i < 200; i += 1) {
        at += Math.floor(between(random, 1, 400));
        bytes = Math.max(0, bytes + between(random, -100 * MIB, 100 * MIB));
        growth = observeUse(growth, at, bytes);
        expect(growth.points.length).toBeLessThanOrEqual(12);
        expect(growth.bytesPerS).toBeGreaterThanOrEqual(0);
        // At most 100 steps of 100 MiB lie in the window of a second; a slope is taken over 100 ms at least.
        expect(growth.bytesPerS).toBeLessThanOrEqual((100 * 100 * MIB * 1000) / 100);
      }
    });
  });
});

describe('sustained growth', () => {
  const sustained = (samples: readonly Sample[]): number => after(samples).sustainedBytesPerS;

  it.each([10, 100, 500, 1000])('is the slope of a ramp that has lasted for a second, at a beat of %i ms', (stepMs) => {
    expect(sustained(ramp(300 * MIB, stepMs, 3000))).toBeCloseTo(300 * MIB, -3);
  });

  it('is none before the ramp has lasted for half of a second that is known', () => {
    expect(sustained(ramp(300 * MIB, 100, 2600, 2000))).toBe(0);
    expect(sustained(ramp(300 * MIB, 100, 2700, 2000))).toBeLessThan(100 * MIB);
    expect(sustained(ramp(300 * MIB, 100, 800))).toBe(0);
    expect(sustained(ramp(300 * MIB, 100, 900))).toBeCloseTo(300 * MIB, -3);
  });

  it.each([
    ['at its beginning', 200],
    ['in its middle', 600],
    ['at its end', 1000],
  ])('is none in a second that a burst of 100 ms breaks %s', (_, burstAt) => {
    const burst = Array.from({ length: 11 }, (_value, i): Sample => [i * 100, GIB + (i * 100 >= burstAt ? GIB : 0)]);
    expect(sustained(burst)).toBe(0);
  });

  it('is that of the flatter half', () => {
    const bent = Array.from({ length: 11 }, (_value, i): Sample => [
      i * 100,
      GIB + MIB * (i <= 5 ? i : 5 + 10 * (i - 5)),
    ]);
    expect(sustained(bent)).toBeCloseTo(10 * MIB, -3);
    const other = bent.map(([at, bytes]): Sample => [1000 - at, 3 * GIB - bytes]).reverse();
    expect(sustained(other)).toBeCloseTo(10 * MIB, -3);
  });

  it('does not take rounding for growth', () => {
    expect(sustained(ramp(127 * 1024, 100, 2000))).toBe(0);
    expect(sustained(ramp(129 * 1024, 100, 2000))).toBeGreaterThan(0);
  });

  it('is never steeper than the growth that protection goes by (random)', () => {
    forRandom(100, (random) => {
      let growth = NO_GROWTH;
      let [at, bytes] = [0, GIB];
      for (let i = 0; i < 200; i += 1) {
        at += Math.floor(between(random, 100, 400));
        bytes = Math.max(0, bytes + between(random, -50 * MIB, 100 * MIB));
        growth = observeUse(growth, at, bytes);
        expect(growth.sustainedBytesPerS).toBeGreaterThanOrEqual(0);
        expect(growth.sustainedBytesPerS).toBeLessThanOrEqual(growth.bytesPerS);
      }
    });
  });
});

describe('the rise', () => {
  it('is from the lowest point of the last second to now, however shortly it took', () => {
    expect(riseBytes(NO_GROWTH)).toBe(0);
    const dip: Sample[] = [
      [0, 3 * GIB],
      [300, 2 * GIB],
      [400, 2.5 * GIB],
    ];
    expect(riseBytes(after(dip))).toBe(GIB / 2);
    expect(riseBytes(after([...dip, [500, GIB]]))).toBe(0);
    expect(riseBytes(after([...dip, [1700, 4 * GIB]]))).toBe(0);
  });
});
