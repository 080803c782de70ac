/**
 * Up at once, down when it pays. A resize has a price: that of the whole size for some minutes. A
 * smaller size is taken when it would already have saved a part of the price, and is expected to save
 * all of it until the need returns above it (the ski-rental problem, with a forecast of the snow).
 */
import * as t from 'io-ts';
import { EMPTY_WINDOW, MaxWindow, pushMax } from '../window-max';
import type { HeadroomParameters } from './parameters';
import { expectedStayMs, observeLevel, Returns, returnsFrom } from './returns';

/** All sizes in whole compute units. */
export const Hold = t.type({
  held: t.number,
  since: t.number,
  needs: MaxWindow,
  returns: Returns,
});
export type Hold = t.TypeOf<typeof Hold>;

type Price = Pick<
  HeadroomParameters,
  'earnedFraction' | 'settleMs' | 'longestLookMs' | 'returnsHalfLifeMs' | 'unknownReturnMs' | 'growthRoomFraction'
> & { readonly priceMs: number };

const holdFrom = (at: number, needed: number, granted: number): Hold => ({
  held: granted,
  since: at,
  needs: EMPTY_WINDOW,
  returns: returnsFrom(at, needed),
});

/** The smallest size that pays; the held one when none does. */
const cheapest = (price: Price, { held, since, needs, returns }: Hold, at: number): number => {
  const { priceMs, earnedFraction, settleMs, longestLookMs } = price;
  const memory = { halfLifeMs: price.returnsHalfLifeMs, unknownReturnMs: price.unknownReturnMs };
  let enoughSince = Math.max(since, at - longestLookMs);
  let best = held;
  for (const { at: neededAt, value: size } of needs) {
    const saved = held - size;
    const lookMs = at - enoughSince;
    enoughSince = neededAt;
    if (lookMs < settleMs) break;
    if (saved <= 0 || saved * lookMs < earnedFraction * priceMs * held) continue;
    if (saved * expectedStayMs(returns, at, size, memory) >= priceMs * held) best = size;
  }
  return best;
};

/** Takes the need of a beat. `old` null: begins with the granted size. */
export const observeNeed = (price: Price, old: Hold | null, at: number, needed: number, granted: number): Hold => {
  const hold = old ?? holdFrom(at, needed, granted);
  const wanted = needed > hold.held ? needed + Math.floor(price.growthRoomFraction * needed) : needed;
  const needs = pushMax(hold.needs, at, wanted, price.longestLookMs);
  const returns = observeLevel(hold.returns, at, wanted, price.returnsHalfLifeMs);
  const next = { held: Math.max(hold.held, wanted), since: hold.since, needs, returns };
  return wanted >= hold.held ? next : { ...next, held: cheapest(price, next, at) };
};
