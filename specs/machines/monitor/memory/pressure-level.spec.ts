import {
  CALM,
  nextVerdict,
  type MemoryOutlook,
  type Verdict,
  type VerdictState,
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

const judged = (differences: Partial<MemoryOutlook>): Verdict =>
  nextVerdict(CALM, 0, { ...ROOMY, ...differences }).verdict;

describe('the verdict of one sample', () => {
  it.each<[Verdict, string, Partial<MemoryOutlook>]>([
    ['calm', 'there is room and nothing grows', {}],
    ['calm', '15 % of the size are left', { runwayBytes: 0.15 * 4 * GIB }],
    ['watchful', 'less than 15 % of the size are left', { runwayBytes: 0.15 * 4 * GIB - 1 }],
    ['calm', 'memory lasts for 30 s', { exhaustionMs: 30_000 }],
    ['watchful', 'memory lasts for less', { exhaustionMs: 29_999 }],
    ['watchful', 'a grant comes just in time', { exhaustionMs: 2001 }],
    ['breached', 'it ends before a grant and half a second', { exhaustionMs: 2000 }],
    ['breached', 'a slow agent cannot make it', { exhaustionMs: 9000, grantUpMs: 8500 }],
    ['breached', 'the kernel said so and it is confirmed', { shortReported: true }],
  ])('is %s when %s', (verdict, _, differences) => {
    expect(judged(differences)).toBe(verdict);
  });
});

describe('a better verdict', () => {
  const BREACHED: VerdictState = { verdict: 'breached', betterSince: null };

  it('is believed only after it has held for a second', () => {
    const first = nextVerdict(BREACHED, 1000, ROOMY);
    expect(first.verdict).toBe('breached');
    expect(nextVerdict(first, 1999, ROOMY).verdict).toBe('breached');
    expect(nextVerdict(first, 2000, ROOMY).verdict).toBe('calm');
  });

  it('starts its second anew after a relapse', () => {
    const first = nextVerdict(BREACHED, 1000, ROOMY);
    const relapsed = nextVerdict(first, 1500, { ...ROOMY, shortReported: true });
    expect(nextVerdict(relapsed, 2100, ROOMY).verdict).toBe('breached');
  });
});

describe('verdicts over time (random)', () => {
  const random = (source: Random): MemoryOutlook => ({
    ...ROOMY,
    runwayBytes: between(source, -200 * MIB, 3 * GIB),
    exhaustionMs: source() < 0.5 ? Infinity : between(source, 0, 60_000),
  });

  it('are never better than the sample for more than nothing, nor worse than all samples of the last second', () => {
    const rank: Record<Verdict, number> = { calm: 0, watchful: 1, breached: 2 };
    forRandom(50, (source) => {
      let state = CALM;
      const worst: [at: number, rank: number][] = [];
      for (let at = 0; at < 10_000; at += 100) {
        const outlook = random(source);
        state = nextVerdict(state, at, outlook);
        worst.push([at, rank[judged(outlook)]]);
        expect(rank[state.verdict]).toBeGreaterThanOrEqual(rank[judged(outlook)]);
      }
      // Then all is well: the last verdict cannot outlive a second.
      for (let at = 10_000; at <= 11_000; at += 100) state = nextVerdict(state, at, ROOMY);
      expect(state.verdict).toBe('calm');
    });
  });

  it('change nothing when nothing changes', () => {
    expect(nextVerdict(CALM, 5, ROOMY)).toBe(CALM);
  });
});
