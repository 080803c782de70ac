/** Which smaller size pays: the same as by trying one after the other, without trying each. */
import { observeRecommendation, type Retention } from '../../../../../machines/monitor/policies/headroom/retention';
import { HEADROOM_DEFAULTS } from '../../../../../machines/monitor/policies/headroom/parameters';
import { expectedStayMs, keptAt } from '../../../../../machines/monitor/policies/headroom/returns';
import { between, forRandom, type Random } from '../../../../support/random';

const PRICE = HEADROOM_DEFAULTS;

/** The rule of hold.ts in its plainest form: every size between need and what is held, the smallest that pays. */
const smallestThatPays = (throttle: Retention, at: number): number => {
  const kept = keptAt(throttle.returns, at, PRICE.returnsHalfLifeMs);
  const earliest = Math.max(throttle.since, at - PRICE.longestLookMs);
  for (let size = throttle.recommended; size < throttle.retained; size += 1) {
    const above = throttle.recommendations.filter(({ value }) => value > size).at(-1)?.at ?? earliest;
    const enoughMs = at - Math.max(earliest, above);
    const price = PRICE.priceMs * throttle.retained;
    const saved = throttle.retained - size;
    const stayMs = expectedStayMs(throttle.returns, at, size, kept, PRICE.unknownReturnMs);
    if (enoughMs >= PRICE.settleMs && saved * enoughMs >= PRICE.earnedFraction * price && saved * stayMs >= price) {
      return size;
    }
  }
  return throttle.retained;
};

/** Needs of up to 700 units, also beyond the levels that are remembered one by one. */
const walk = (random: Random): void => {
  let throttle: Retention | null = null;
  let at = 0;
  for (let step = 0; step < 40; step += 1) {
    at += Math.round(between(random, 1_000, 200_000));
    const needed = Math.round(between(random, 1, 700) ** between(random, 0.5, 1));
    throttle = observeRecommendation(PRICE, throttle, at, needed, 650);
    const later = at + 20_000;
    const settled: Retention = observeRecommendation(PRICE, throttle, later, needed, 650);
    expect(settled.retained).toBe(needed >= throttle.retained ? throttle.retained : smallestThatPays(throttle, later));
  }
};

it('is found as by trying each size (random needs)', () => {
  forRandom(40, walk);
});

it('is found at once also where what is held is a slip of 10^15 units', () => {
  const held = observeRecommendation(PRICE, null, 0, 2, 1e15);
  expect(observeRecommendation(PRICE, held, 600_000, 2, 1e15).retained).toBe(2);
});
