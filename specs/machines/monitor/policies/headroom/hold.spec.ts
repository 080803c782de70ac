/** Which smaller size pays: the same as by trying one after the other, without trying each. */
import { observeNeed, type Hold } from '../../../../../machines/monitor/policies/headroom/retention';
import { HEADROOM_DEFAULTS } from '../../../../../machines/monitor/policies/headroom/parameters';
import { expectedStayMs, keptAt } from '../../../../../machines/monitor/policies/headroom/returns';
import { between, forRandom, type Random } from '../../../../support/random';

const PRICE = HEADROOM_DEFAULTS;

/** The rule of hold.ts in its plainest form: every size between need and what is held, the smallest that pays. */
const smallestThatPays = (hold: Hold, at: number): number => {
  const kept = keptAt(hold.returns, at, PRICE.returnsHalfLifeMs);
  const earliest = Math.max(hold.since, at - PRICE.longestLookMs);
  for (let size = hold.needed; size < hold.held; size += 1) {
    const above = hold.needs.filter(({ value }) => value > size).at(-1)?.at ?? earliest;
    const enoughMs = at - Math.max(earliest, above);
    const price = PRICE.priceMs * hold.held;
    const saved = hold.held - size;
    const stayMs = expectedStayMs(hold.returns, at, size, kept, PRICE.unknownReturnMs);
    if (enoughMs >= PRICE.settleMs && saved * enoughMs >= PRICE.earnedFraction * price && saved * stayMs >= price) {
      return size;
    }
  }
  return hold.held;
};

/** Needs of up to 700 units, also beyond the levels that are remembered one by one. */
const walk = (random: Random): void => {
  let hold: Hold | null = null;
  let at = 0;
  for (let step = 0; step < 40; step += 1) {
    at += Math.round(between(random, 1_000, 200_000));
    const needed = Math.round(between(random, 1, 700) ** between(random, 0.5, 1));
    hold = observeNeed(PRICE, hold, at, needed, 650);
    const later = at + 20_000;
    const settled: Hold = observeNeed(PRICE, hold, later, needed, 650);
    expect(settled.held).toBe(needed >= hold.held ? hold.held : smallestThatPays(hold, later));
  }
};

it('is found as by trying each size (random needs)', () => {
  forRandom(40, walk);
});

it('is found at once also where what is held is a slip of 10^15 units', () => {
  const held = observeNeed(PRICE, null, 0, 2, 1e15);
  expect(observeNeed(PRICE, held, 600_000, 2, 1e15).held).toBe(2);
});
