import { leftAt } from '../../../../machines/monitor/memory/ladder';
import {
  endsTooSoon,
  nextPressureLevel,
  pressureLevelOf,
  type JudgedLevel,
  type MemoryOutlook,
  type PressureLevel,
} from '../../../../machines/monitor/memory/pressure-level';
import { exhaustionMs, type Runway } from '../../../../machines/monitor/memory/runway';
import { GIB, MIB } from '../../../../machines/shared/units';
import { between, forRandom, type Random } from '../../../support/random';

const NORMAL: JudgedLevel = { level: 'normal', easingSince: null };
const SIZE = 4 * GIB;

const left = (leftBytes: number, sizeBytes = SIZE): Runway => ({
  leftBytes,
  sizeBytes,
  bytes: leftBytes - leftAt('critical', sizeBytes),
  term: 'memory',
});

/** So much is left of memory, and for want of nothing else. */
const outlook = (leftBytes: number, differences: Partial<MemoryOutlook> = {}, sizeBytes = SIZE): MemoryOutlook => {
  const shortest = left(leftBytes, sizeBytes);
  const { growthBytesPerS = 0 } = differences;
  return {
    shortest,
    curable: shortest,
    growthBytesPerS,
    exhaustionMs: exhaustionMs(shortest.bytes, growthBytesPerS),
    grantUpMs: 1500,
    shortReported: false,
    ...differences,
  };
};

const ROOMY = outlook(2 * GIB);
/** Growth of 100 MiB/s that uses the runway up in so long a time. */
const endingIn = (ms: number, differences: Partial<MemoryOutlook> = {}): MemoryOutlook =>
  outlook(leftAt('critical', SIZE) + (ms * 100 * MIB) / 1000, { growthBytesPerS: 100 * MIB, ...differences });

describe('the verdict of one sample', () => {
  it.each<[PressureLevel, string, MemoryOutlook]>([
    ['normal', 'there is room and nothing grows', ROOMY],
    ['normal', '90 MiB of a small VM are left', outlook(90 * MIB)],
    ['elevated', 'less than 90 MiB of a small VM are left', outlook(90 * MIB - 1)],
    ['elevated', 'more than 80 MiB of a small VM are left', outlook(80 * MIB + 1)],
    ['critical', '80 MiB of a small VM are left', outlook(80 * MIB)],
    ['normal', '1.8 % of a large VM are left', outlook(Math.ceil(0.018 * 100 * GIB), {}, 100 * GIB)],
    ['elevated', 'less than 1.8 % of a large VM are left', outlook(Math.floor(0.018 * 100 * GIB), {}, 100 * GIB)],
    ['critical', '1.6 % of a large VM are left', outlook(Math.floor(0.016 * 100 * GIB), {}, 100 * GIB)],
    ['normal', 'memory lasts for 30 s', endingIn(30_000)],
    ['elevated', 'memory lasts for less', endingIn(29_999)],
    ['elevated', 'a grant comes just in time', endingIn(2501)],
    ['critical', 'it ends before a grant and a second', endingIn(2500)],
    ['critical', 'it ends in two and a half seconds, however fast grants are', endingIn(2500, { grantUpMs: 100 })],
    ['critical', 'a slow agent cannot make it', endingIn(9500, { grantUpMs: 8500 })],
    ['critical', 'the kernel said so and it is confirmed', { ...ROOMY, shortReported: true }],
    ['critical', 'something else than memory ends', { ...ROOMY, shortest: { ...left(80 * MIB), term: 'kernelZones' } }],
  ])('is %s when %s', (level, _, seen) => {
    expect(pressureLevelOf(seen)).toBe(level);
    expect(nextPressureLevel(NORMAL, 0, seen).level).toBe(level);
  });

  it('of what memory itself lacks goes by the curable runway, and by as many grants as are asked about', () => {
    const seen = { ...endingIn(3000), shortest: left(0) };
    expect(endsTooSoon(seen, seen.shortest)).toBe(true);
    expect(endsTooSoon(seen, seen.curable)).toBe(false);
    expect(endsTooSoon(endingIn(5000), endingIn(5000).curable, 2)).toBe(true);
    expect(endsTooSoon(endingIn(5001), endingIn(5001).curable, 2)).toBe(false);
  });
});

describe('a better verdict', () => {
  const CRITICAL: JudgedLevel = { level: 'critical', easingSince: null };

  it('is believed only after it has held for a second', () => {
    const first = nextPressureLevel(CRITICAL, 1000, ROOMY);
    expect(first).toEqual({ level: 'critical', easingSince: 1000 });
    expect(nextPressureLevel(first, 1999, ROOMY)).toEqual({ level: 'critical', easingSince: 1000 });
    expect(nextPressureLevel(first, 2000, ROOMY)).toEqual(NORMAL);
  });

  it('starts its second anew after a relapse', () => {
    const first = nextPressureLevel(CRITICAL, 1000, ROOMY);
    const relapsed = nextPressureLevel(first, 1500, { ...ROOMY, shortReported: true });
    expect(relapsed).toEqual(CRITICAL);
    expect(nextPressureLevel(relapsed, 2100, ROOMY).level).toBe('critical');
  });
});

describe('verdicts over time (random)', () => {
  const random = (source: Random): MemoryOutlook =>
    outlook(between(source, -200 * MIB, 500 * MIB), {
      growthBytesPerS: source() < 0.5 ? 0 : between(source, 0, 100 * MIB),
    });

  it('are never better than the sample, and worse only for less than a second', () => {
    const rank: Record<PressureLevel, number> = { normal: 0, elevated: 1, critical: 2 };
    forRandom(50, (source) => {
      let judged = NORMAL;
      for (let at = 0; at < 10_000; at += 100) {
        const sample = random(source);
        judged = nextPressureLevel(judged, at, sample);
        const own = rank[pressureLevelOf(sample)];
        expect(rank[judged.level]).toBeGreaterThanOrEqual(own);
        // What is worse than its sample has been better than that for less than a second.
        if (judged.easingSince === null) expect(rank[judged.level]).toBe(own);
        else expect(at - judged.easingSince).toBeLessThan(1000);
      }
      // Then all is well: the last verdict cannot outlive a second.
      for (let at = 10_000; at <= 11_000; at += 100) judged = nextPressureLevel(judged, at, ROOMY);
      expect(judged.level).toBe('normal');
    });
  });

  it('change nothing when nothing changes', () => {
    expect(nextPressureLevel(NORMAL, 5, ROOMY)).toEqual(NORMAL);
  });
});
