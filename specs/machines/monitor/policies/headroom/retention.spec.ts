/** Which smaller size pays: the same as by trying one after the other, without trying each. */
import { observeRecommendation, type Retention } from '../../../../../machines/monitor/policies/headroom/retention';
import { HEADROOM_DEFAULTS } from '../../../../../machines/monitor/policies/headroom/parameters';
import { expectedStayMs, keptAt } from '../../../../../machines/monitor/policies/headroom/returns';
import { between, forRandom, type Random } from '../../../../support/random';

const PRICE = HEADROOM_DEFAULTS;
const LOOK_BACK_MS = PRICE.memoryHalfLifeMs / 3;

/** The rule of retention.ts in its plainest form: every size between need and what is held, the smallest that pays. */
const smallestThatPays = (retention: Retention, at: number): number => {
  const kept = keptAt(retention.returns, at, PRICE.memoryHalfLifeMs);
  const earliest = Math.max(retention.since, at - LOOK_BACK_MS);
  for (let size = retention.recommended; size < retention.retained; size += 1) {
    const above = retention.recommendations.filter(({ value }) => value > size).at(-1)?.at ?? earliest;
    const enoughMs = at - Math.max(earliest, above);
    const price = PRICE.priceMs * retention.retained;
    const saved = retention.retained - size;
    const stayMs = expectedStayMs(retention.returns, at, size, kept, 4 * PRICE.priceMs);
    if (enoughMs >= PRICE.lookMs && saved * enoughMs >= 0.1 * price && saved * stayMs >= price) {
      return size;
    }
  }
  return retention.retained;
};

/** Needs of up to 700 units, also beyond the levels that are remembered one by one. */
const walk = (random: Random): void => {
  let retention: Retention | null = null;
  let at = 0;
  for (let step = 0; step < 40; step += 1) {
    at += Math.round(between(random, 1_000, 200_000));
    const needed = Math.round(between(random, 1, 700) ** between(random, 0.5, 1));
    retention = observeRecommendation(PRICE, retention, at, needed, 650);
    const later = at + 20_000;
    const settled: Retention = observeRecommendation(PRICE, retention, later, needed, 650);
    expect(settled.retained).toBe(
      needed >= retention.retained ? retention.retained : smallestThatPays(retention, later),
    );
  }
};

it('is found as by trying each size (random needs)', () => {
  forRandom(40, walk);
});

it('is found at once also where what is held is a slip of 10^15 units', () => {
  const held = observeRecommendation(PRICE, null, 0, 2, 1e15);
  expect(observeRecommendation(PRICE, held, 600_000, 2, 1e15).retained).toBe(2);
});

it('looks back for a third of the half-life at most: what has not begun to pay by then never does', () => {
  const after = (retained: number): number => {
    const held = observeRecommendation(PRICE, null, 0, retained - 1, retained);
    return observeRecommendation(PRICE, held, 100_000_000, retained - 1, retained).retained;
  };
  // One unit saves a tenth of the price of 100 in 40 minutes, and of no more.
  expect(after(100)).toBe(99);
  expect(after(101)).toBe(101);
});

it.each([
  [18, 18],
  [19, 20],
  [100, 105],
])('grows to %d with room for slow growth: %d', (needed, retained) => {
  const held = observeRecommendation(PRICE, null, 0, 10, 10);
  expect(observeRecommendation(PRICE, held, 1000, needed, 10).retained).toBe(retained);
});
