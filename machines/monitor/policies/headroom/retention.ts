/**
 * Up at once, down when a smaller size saves more than a resize costs. A resize has a price: that of the whole size for some minutes. A
 * smaller size is taken when it would already have saved a part of the price, and is expected to save
 * all of it until the recommendation returns above it (the ski-rental problem, with a forecast of the snow).
 */
import * as t from 'io-ts';
import { finite } from '../../../shared/events/finite';
import { EMPTY_WINDOW, MaxWindow, pushMax } from '../window-max';
import type { HeadroomParameters } from './parameters';
import { expectedStayMs, keptAt, observeLevel, Returns, returnsFrom } from './returns';

/** All sizes in whole compute units. */
export const Retention = t.type({
  retained: finite,
  since: finite,
  /** The last recommendation and when it was seen; those before it, highest first. */
  recommended: finite,
  seenAt: finite,
  recommendations: MaxWindow,
  returns: Returns,
});
export type Retention = t.TypeOf<typeof Retention>;

/** What retention goes by. */
type Price = Pick<HeadroomParameters, 'priceMs' | 'lookMs' | 'memoryHalfLifeMs'>;

/** Share of the price that a smaller size must have saved already: no shrink on hope alone. */
const EARNED_FRACTION = 0.1;
/** A level that was never left is assumed to be left after so many prices. */
const UNKNOWN_RETURN_PRICES = 4;
/** Headroom that is taken with each step up, so that slow growth is not a resize a unit. */
const GROWTH_ROOM_FRACTION = 0.055;
/** A shrink looks back for a third of the half-life at most. */
const LOOK_BACK_FRACTION = 1 / 3;

const retentionFrom = (at: number, recommended: number, granted: number): Retention => ({
  retained: Math.max(granted, recommended),
  since: at,
  recommended,
  seenAt: at,
  recommendations: EMPTY_WINDOW,
  returns: returnsFrom(at, recommended),
});

/** Between changes of the recommendation, so long passes between looks at whether a smaller size saves enough. */
const LOOK_MS = 900;

/**
 * The next larger size of which more is known than of `size`: the next level that has been stayed at, else the
 * next need that was seen. Between two of them a larger size only saves less, so a step costs what is
 * remembered and not what a VM measures in units.
 */
const nextKnown = ({ recommendations, returns }: Retention, size: number, last: number): number => {
  const level = size < returns.retainedMs.length ? size + 1 : Infinity;
  return Math.min(level, recommendations[last]?.value ?? Infinity);
};

/** The smallest size that saves more than a resize costs; the retained one when none does. */
const cheapest = (price: Price, retention: Retention, at: number): number => {
  const { priceMs, lookMs, memoryHalfLifeMs } = price;
  const { retained, since, recommended, recommendations, returns } = retention;
  const kept = keptAt(returns, at, memoryHalfLifeMs);
  const earliest = Math.max(since, at - LOOK_BACK_FRACTION * memoryHalfLifeMs);
  let last = recommendations.length - 1;
  for (let size = recommended; size < retained; size = nextKnown(retention, size, last)) {
    while (last >= 0 && (recommendations[last]?.value ?? 0) <= size) last -= 1;
    const enoughMs = at - Math.max(earliest, recommendations[last]?.at ?? earliest);
    const saved = retained - size;
    const pays =
      enoughMs >= lookMs &&
      saved * enoughMs >= EARNED_FRACTION * priceMs * retained &&
      saved * expectedStayMs(returns, at, size, kept, UNKNOWN_RETURN_PRICES * priceMs) >= priceMs * retained;
    if (pays) return size;
  }
  return retained;
};

const changed = (price: Price, retention: Retention, at: number, recommended: number): Retention => ({
  retained: Math.max(retention.retained, recommended),
  since: retention.since,
  recommended,
  seenAt: at,
  recommendations: pushMax(
    retention.recommendations,
    retention.seenAt,
    retention.recommended,
    LOOK_BACK_FRACTION * price.memoryHalfLifeMs,
  ),
  returns: observeLevel(retention.returns, at, recommended, price.memoryHalfLifeMs),
});

/** Takes the recommendation of a sample. `old` null: begins with the granted size. */
export const observeRecommendation = (
  price: Price,
  old: Retention | null,
  at: number,
  least: number,
  granted: number,
): Retention => {
  const retention = old ?? retentionFrom(at, least, granted);
  const recommended = least > retention.retained ? least + Math.floor(GROWTH_ROOM_FRACTION * least) : least;
  if (recommended === retention.recommended && at - retention.seenAt < LOOK_MS) return retention;
  const next = recommended === retention.recommended ? retention : changed(price, retention, at, recommended);
  const retained = recommended >= next.retained ? next.retained : cheapest(price, next, at);
  // Key by key: in a simulation a spread here costs as much as all the rest of a step.
  return {
    retained,
    since: next.since,
    recommended,
    seenAt: at,
    recommendations: next.recommendations,
    returns: next.returns,
  };
};
