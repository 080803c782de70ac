/**
 * What the kernel's page cache is worth where Postgres says nothing of it. Nobody can see which pages are hot until they are
 * gone: a page that is read again soon after it was dropped counts as a refault (kernel doc mm/workingset.c). So a
 * shrink that takes page cache is a probe: a small step, watched for a while; when work comes to wait for what was taken,
 * the step is undone, and nothing is tried for some time. Refaults without a shrink are a working set that does not fit: to
 * grow is a probe too, given up when it helps nothing.
 *
 * The price: the share of its time that work may spend waiting. A refault costs a read of the disk; how long that takes is
 * learned from the time that I/O kept somebody waiting.
 */
import * as t from 'io-ts';
import { finite } from '../../../shared/events/finite';
import { nullable } from '../../../shared/events/nullable';
import { SECOND_MS } from '../../../shared/units';
import { leftAt } from '../../memory/ladder';
import type { Observation } from '../policy';
import type { HeadroomParameters } from './parameters';

export const PageCacheWorth = t.type({
  /** Share of its time that work waits for pages that came back, in the mean of the last seconds. */
  stallFraction: finite,
  /** The same for all that is read from disk, whether it was there before or not. */
  readFraction: finite,
  /** Since when that has been much; null: it is not. */
  readingSince: nullable(finite),
  /** Seconds that a read takes. */
  missSeconds: finite,
  /** The granted memory, since when, what it was before, and how much work waited then. */
  grantedBytes: finite,
  grantedSince: finite,
  cameFromBytes: finite,
  stallBefore: finite,
  /** Not below this size; and when something may be tried again. */
  floorBytes: finite,
  restUntil: finite,
  /** The size that was too small when it was last tried; 0: none is known. */
  hurtBytes: finite,
  /** Steps up in a row that helped nothing, and the waiting that no size has cured. */
  fruitless: finite,
  incurableFraction: finite,
});
export type PageCacheWorth = t.TypeOf<typeof PageCacheWorth>;

/** A read of a network volume takes about a millisecond. */
const USUAL_MISS_SECONDS = 0.001;

export const NO_WORTH: PageCacheWorth = {
  stallFraction: 0,
  readFraction: 0,
  readingSince: null,
  missSeconds: USUAL_MISS_SECONDS,
  grantedBytes: 0,
  grantedSince: 0,
  cameFromBytes: 0,
  stallBefore: 0,
  floorBytes: 0,
  restUntil: 0,
  hurtBytes: 0,
  fruitless: 0,
  incurableFraction: 0,
};

/** Time constant of the mean: longer than a burst of reads, shorter than a look. */
const MEAN_MS = 5 * SECOND_MS;
/** What a read can take: a local NVMe, a throttled volume. */
const MISS_LEAST_SECONDS = 0.0001;
const MISS_MOST_SECONDS = 0.02;
/** Fewer reads a second are no sample of what one takes. */
const MISS_SAMPLE_READS_PER_S = 20;
const MISS_SHARE = 0.02;
/** A slow spell of the disk is forgotten again within some ten minutes of reading. */
const FORGET_SHARE = 0.001;
/** After a step that hurt, so many looks of rest: the hot set may have moved on by then. */
const REST_LOOKS = 12;
/** Steps up are larger, as they are waited for, and looked at for longer, as the cache has to fill. */
const UP_STEPS = 4;
const UP_LOOKS = 2;
/** A step up helped when it took so much of the waiting away. */
const HELPED_FRACTION = 0.03;
/** So many that did not, and the size is not the cure. What waits then, and a little more, is borne for a part of the half-life. */
const FRUITLESS_MOST = 3;
const BORNE_FRACTION = 1.1;
const BORNE_HALF_LIVES = 1 / 3;

const towards = (elapsedMs: number, constantMs: number): number => 1 - Math.exp(-elapsedMs / constantMs);

/** Several tasks that wait at once count once in PSI: what is seen is the least that a read takes. */
const nextMissSeconds = (old: number, { readsPerS, ioStallFraction }: Observation): number => {
  if (ioStallFraction === null || readsPerS === null || readsPerS < MISS_SAMPLE_READS_PER_S) return old;
  const seen = Math.min(MISS_MOST_SECONDS, Math.max(MISS_LEAST_SECONDS, ioStallFraction / readsPerS));
  return old + (seen > old ? MISS_SHARE * (seen - old) : FORGET_SHARE * (USUAL_MISS_SECONDS - old));
};

/** Share of its time that work waits for so many reads. */
const waitShare = (readsPerS: number | null, missSeconds: number, { runCores }: Observation): number => {
  const waiting = (readsPerS ?? 0) * missSeconds;
  return waiting <= 0 ? 0 : waiting / (waiting + (runCores ?? 0));
};

/** A step is some units: a share of the size. */
const stepBytes = ({ probeFraction, computeUnit }: HeadroomParameters, bytes: number): number =>
  Math.max(1, Math.round((probeFraction * bytes) / computeUnit.mem)) * computeUnit.mem;

const bearableFraction = ({ cacheStallFraction }: HeadroomParameters, { incurableFraction }: PageCacheWorth): number =>
  Math.max(cacheStallFraction, BORNE_FRACTION * incurableFraction);

const followGranted = (worth: PageCacheWorth, { at, granted }: Observation): PageCacheWorth =>
  granted.mem === worth.grantedBytes
    ? worth
    : {
        ...worth,
        grantedBytes: granted.mem,
        grantedSince: at,
        cameFromBytes: worth.grantedBytes,
        stallBefore: worth.stallFraction,
      };

/** Work waits too much. Was it the last step down, or may a step up help? */
const relieve = (
  parameters: HeadroomParameters,
  worth: PageCacheWorth,
  { at, freeBytes }: Observation,
): PageCacheWorth => {
  const { grantedBytes, grantedSince, cameFromBytes, stallFraction, stallBefore } = worth;
  const { lookMs, memoryHalfLifeMs } = parameters;
  if (cameFromBytes > grantedBytes && at - grantedSince < lookMs)
    return { ...worth, floorBytes: cameFromBytes, hurtBytes: grantedBytes, restUntil: at + REST_LOOKS * lookMs };
  // There is room: the cache fills again, and what waits meanwhile says nothing of the size.
  const isRefilling = freeBytes === null || freeBytes > leftAt('approved', grantedBytes) || at < worth.restUntil;
  if (isRefilling || at - grantedSince < UP_LOOKS * lookMs || worth.floorBytes > grantedBytes) return worth;
  const didNotHelp =
    cameFromBytes > 0 && cameFromBytes < grantedBytes && stallFraction > (1 - HELPED_FRACTION) * stallBefore;
  const fruitless = didNotHelp ? worth.fruitless + 1 : 0;
  if (fruitless >= FRUITLESS_MOST) {
    const restUntil = at + BORNE_HALF_LIVES * memoryHalfLifeMs;
    return { ...worth, fruitless: 0, incurableFraction: stallFraction, floorBytes: 0, restUntil };
  }
  return { ...worth, fruitless, floorBytes: grantedBytes + UP_STEPS * stepBytes(parameters, grantedBytes) };
};

/** Takes one sample. */
export const observePageCache = (
  parameters: HeadroomParameters,
  old: PageCacheWorth,
  observed: Observation,
): PageCacheWorth => {
  const { at, elapsedMs, refaultPagesPerS } = observed;
  if (refaultPagesPerS === null) return old;
  const missSeconds = nextMissSeconds(old.missSeconds, observed);
  const share = towards(elapsedMs, MEAN_MS);
  const mean = (before: number, readsPerS: number | null): number =>
    before + (waitShare(readsPerS, missSeconds, observed) - before) * share;
  const stallFraction = mean(old.stallFraction, refaultPagesPerS);
  const readFraction = mean(old.readFraction, observed.readsPerS);
  const isReading = readFraction > parameters.cacheStallFraction;
  const readingSince = isReading ? (old.readingSince ?? at) : null;
  const worth = followGranted({ ...old, missSeconds, stallFraction, readFraction, readingSince }, observed);
  if (stallFraction > bearableFraction(parameters, worth)) return relieve(parameters, worth, observed);
  if (at < worth.restUntil) return worth;
  // What was too small has been borne for a whole look: the hot set is another one.
  const isOutdated = worth.grantedBytes <= worth.hurtBytes && at - worth.grantedSince >= parameters.lookMs;
  return { ...worth, floorBytes: 0, fruitless: 0, incurableFraction: 0, hurtBytes: isOutdated ? 0 : worth.hurtBytes };
};

/** A disk that gives 24 MiB/s fills 64 GiB in this many looks; what is still read then, and never twice, is no hot set. */
const FILLING_LOOKS = 60;

/** What is read for the first time may be tomorrow's hot set: it is not taken away while it comes. */
const isFilling = ({ lookMs }: HeadroomParameters, { readingSince }: PageCacheWorth, at: number): boolean =>
  readingSince !== null && at - readingSince < FILLING_LOOKS * lookMs;

/** Whether a step down may be tried now. */
const mayProbe = (
  parameters: HeadroomParameters,
  worth: PageCacheWorth,
  { at, memoryStallFraction }: Observation,
): boolean =>
  at - worth.grantedSince >= parameters.lookMs &&
  !isFilling(parameters, worth, at) &&
  worth.stallFraction <= bearableFraction(parameters, worth) / 2 + worth.incurableFraction / 2 &&
  (memoryStallFraction ?? 0) <= parameters.cacheStallFraction;

/** A whole step, but not down to a size that has hurt: there by single units. */
const nextDown = (parameters: HeadroomParameters, { grantedBytes, hurtBytes }: PageCacheWorth): number => {
  const next = grantedBytes - stepBytes(parameters, grantedBytes);
  return next > hurtBytes || hurtBytes === 0 ? next : grantedBytes - parameters.computeUnit.mem;
};

/**
 * The least size for the page cache's sake, where `wantedBytes` do for all else. `roomBytes`: what page cache finds there.
 */
export const cacheFloorBytes = (
  parameters: HeadroomParameters,
  worth: PageCacheWorth,
  observed: Observation,
  wantedBytes: number,
  roomBytes: number,
): number => {
  const { granted, pageCacheBytes, refaultPagesPerS } = observed;
  const isTaken = refaultPagesPerS !== null && pageCacheBytes !== null && pageCacheBytes > roomBytes;
  if (wantedBytes >= granted.mem || !isTaken) return worth.floorBytes;
  return Math.max(worth.floorBytes, mayProbe(parameters, worth, observed) ? nextDown(parameters, worth) : granted.mem);
};
