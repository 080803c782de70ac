/**
 * Up at once, down when it pays. A resize has a price: that of the whole size for some minutes. A
 * smaller size is taken when it would already have saved a part of the price, and is expected to save
 * all of it until the need returns above it (the ski-rental problem, with a forecast of the snow).
 */
import * as t from 'io-ts';
import { finite } from '../../../shared/events/finite';
import { EMPTY_WINDOW, MaxWindow, pushMax } from '../window-max';
import type { HeadroomParameters } from './parameters';
import { expectedStayMs, keptAt, observeLevel, Returns, returnsFrom } from './returns';

/** All sizes in whole compute units. */
export const Hold = t.type({
  held: finite,
  since: finite,
  /** The last need and when it was seen; those before it, highest first. */
  needed: finite,
  seenAt: finite,
  needs: MaxWindow,
  returns: Returns,
});
export type Hold = t.TypeOf<typeof Hold>;

/** What a hold goes by. */
type Price = Pick<
  HeadroomParameters,
  | 'priceMs'
  | 'earnedFraction'
  | 'settleMs'
  | 'longestLookMs'
  | 'returnsHalfLifeMs'
  | 'unknownReturnMs'
  | 'growthRoomFraction'
>;

const holdFrom = (at: number, needed: number, granted: number): Hold => ({
  held: Math.max(granted, needed),
  since: at,
  needed,
  seenAt: at,
  needs: EMPTY_WINDOW,
  returns: returnsFrom(at, needed),
});

/** Between changes of the need, so long passes between looks at whether a smaller size pays. */
const LOOK_MS = 900;

/**
 * The next larger size of which more is known than of `size`: the next level that has been stayed at, else the
 * next need that was seen. Between two of them a larger size only saves less, so a step costs what is
 * remembered and not what a VM measures in units.
 */
const nextKnown = ({ needs, returns }: Hold, size: number, last: number): number => {
  const level = size < returns.heldMs.length ? size + 1 : Infinity;
  return Math.min(level, needs[last]?.value ?? Infinity);
};

/** The smallest size that pays; the held one when none does. */
const cheapest = (price: Price, hold: Hold, at: number): number => {
  const { priceMs, earnedFraction, settleMs, longestLookMs, returnsHalfLifeMs, unknownReturnMs } = price;
  const { held, since, needed, needs, returns } = hold;
  const kept = keptAt(returns, at, returnsHalfLifeMs);
  const earliest = Math.max(since, at - longestLookMs);
  let last = needs.length - 1;
  for (let size = needed; size < held; size = nextKnown(hold, size, last)) {
    while (last >= 0 && (needs[last]?.value ?? 0) <= size) last -= 1;
    const enoughMs = at - Math.max(earliest, needs[last]?.at ?? earliest);
    const saved = held - size;
    const pays =
      enoughMs >= settleMs &&
      saved * enoughMs >= earnedFraction * priceMs * held &&
      saved * expectedStayMs(returns, at, size, kept, unknownReturnMs) >= priceMs * held;
    if (pays) return size;
  }
  return held;
};

const changed = (price: Price, hold: Hold, at: number, needed: number): Hold => ({
  held: Math.max(hold.held, needed),
  since: hold.since,
  needed,
  seenAt: at,
  needs: pushMax(hold.needs, hold.seenAt, hold.needed, price.longestLookMs),
  returns: observeLevel(hold.returns, at, needed, price.returnsHalfLifeMs),
});

/** Takes the need of a beat. `old` null: begins with the granted size. */
export const observeNeed = (price: Price, old: Hold | null, at: number, least: number, granted: number): Hold => {
  const hold = old ?? holdFrom(at, least, granted);
  const needed = least > hold.held ? least + Math.floor(price.growthRoomFraction * least) : least;
  if (needed === hold.needed && at - hold.seenAt < LOOK_MS) return hold;
  const next = needed === hold.needed ? hold : changed(price, hold, at, needed);
  const held = needed >= next.held ? next.held : cheapest(price, next, at);
  // Key by key: in a simulation a spread here costs as much as all the rest of a step.
  return { held, since: next.since, needed, seenAt: at, needs: next.needs, returns: next.returns };
};
