import {
  NORMAL,
  nextPressureLevel,
  type MemoryOutlook,
  type PressureLevel,
  type PressureLevelState,
} from '../../../../machines/monitor/memory/pressure-level';
import { GIB, MIB } from '../../../../machines/shared/units';
import { between, forRandom, type Random } from '../../../support/random';

const ROOMY: MemoryOutlook = {
  runwayBytes: 2 * GIB,
  sizeBytes: 4 * GIB,
  exhaustionMs: Infinity,
  grantUpMs: 1500,
  shortReported: false,
};

const judged = (differences: Partial<MemoryOutlook>): PressureLevel =>
  nextPressureLevel(NORMAL, 0, { ...ROOMY, ...differences }).level;

describe('the verdict of one sample', () => {
  it.each<[PressureLevel, string, Partial<MemoryOutlook>]>([
    ['normal', 'there is room and nothing grows', {}],
    ['normal', '15 % of the size are left', { runwayBytes: 0.15 * 4 * GIB }],
    ['elevated', 'less than 15 % of the size are left', { runwayBytes: 0.15 * 4 * GIB - 1 }],
    ['normal', 'memory lasts for 30 s', { exhaustionMs: 30_000 }],
    ['elevated', 'memory lasts for less', { exhaustionMs: 29_999 }],
    ['elevated', 'a grant comes just in time', { exhaustionMs: 2001 }],
    ['critical', 'it ends before a grant and half a second', { exhaustionMs: 2000 }],
    ['critical', 'a slow agent cannot make it', { exhaustionMs: 9000, grantUpMs: 8500 }],
    ['critical', 'the kernel said so and it is confirmed', { shortReported: true }],
  ])('is %s when %s', (level, _, differences) => {
    expect(judged(differences)).toBe(level);
  });
});

describe('a better verdict', () => {
  const BREACHED: PressureLevelState = { level: 'critical', betterSince: null };

  it('is believed only after it has held for a second', () => {
    const first = nextPressureLevel(BREACHED, 1000, ROOMY);
    expect(first.level).toBe('critical');
    expect(nextPressureLevel(first, 1999, ROOMY).level).toBe('critical');
    expect(nextPressureLevel(first, 2000, ROOMY).level).toBe('normal');
  });

  it('starts its second anew after a relapse', () => {
    const first = nextPressureLevel(BREACHED, 1000, ROOMY);
    const relapsed = nextPressureLevel(first, 1500, { ...ROOMY, shortReported: true });
    expect(nextPressureLevel(relapsed, 2100, ROOMY).level).toBe('critical');
  });
});

describe('verdicts over time (random)', () => {
  const random = (source: Random): MemoryOutlook => ({
    ...ROOMY,
    runwayBytes: between(source, -200 * MIB, 3 * GIB),
    exhaustionMs: source() < 0.5 ? Infinity : between(source, 0, 60_000),
  });

  it('are never better than the sample for more than nothing, nor worse than all samples of the last second', () => {
    const rank: Record<PressureLevel, number> = { normal: 0, elevated: 1, critical: 2 };
    forRandom(50, (source) => {
      let state = NORMAL;
      const worst: [at: number, rank: number][] = [];
      for (let at = 0; at < 10_000; at += 100) {
        const outlook = random(source);
        state = nextPressureLevel(state, at, outlook);
        worst.push([at, rank[judged(outlook)]]);
        expect(rank[state.level]).toBeGreaterThanOrEqual(rank[judged(outlook)]);
      }
      // Then all is well: the last verdict cannot outlive a second.
      for (let at = 10_000; at <= 11_000; at += 100) state = nextPressureLevel(state, at, ROOMY);
      expect(state.level).toBe('normal');
    });
  });

  it('change nothing when nothing changes', () => {
    expect(nextPressureLevel(NORMAL, 5, ROOMY)).toBe(NORMAL);
  });
});
