/** What the kernel's page cache is worth: a shrink that takes it is tried by steps, and undone when work comes to wait. */
import {
  cacheFloorBytes,
  NO_WORTH,
  observePageCache,
  type PageCacheWorth,
} from '../../../../../machines/monitor/policies/headroom/page-cache';
import { HEADROOM_DEFAULTS } from '../../../../../machines/monitor/policies/headroom/parameters';
import { createHeadroomPolicy } from '../../../../../machines/monitor/policies/headroom/policy';
import { GIB, HOUR_MS, MIB, SECOND_MS } from '../../../../../machines/shared/units';
import { units } from '../../../../support/chart-events';
import { observed } from '../../../../support/observation';
import { stepAll, steady, type Seen } from '../../../../support/policy-steps';

const LOOK_S = HEADROOM_DEFAULTS.lookMs / SECOND_MS;
const REST_S = 12 * LOOK_S;

/** One core is busy; 10 GiB of page cache, and none of it comes back. */
const calm = (gib: number): Seen => ({
  granted: units(gib),
  runCores: 1,
  freeBytes: 0,
  pageCacheBytes: 10 * GIB,
  refaultPagesPerS: 0,
  readsPerS: 0,
  ioStallFraction: 0,
  memoryStallFraction: 0,
});
/** A page a millisecond comes back: work waits as long as it runs. */
const thrashing = (gib: number, pagesPerS = 1000): Seen => ({ ...calm(gib), refaultPagesPerS: pagesPerS });

const see = (seen: readonly Seen[], from: PageCacheWorth = NO_WORTH): PageCacheWorth =>
  seen.reduce((worth, one) => observePageCache(HEADROOM_DEFAULTS, worth, observed(one)), from);

const secondsOf = (seconds: number, seen: Seen, fromS = 1): readonly Seen[] => steady(seconds, seen, fromS * SECOND_MS);

/** The least size where two GiB do for all else. */
const floor = (worth: PageCacheWorth, seen: Seen, wantedBytes = 2 * GIB, roomBytes = GIB): number =>
  cacheFloorBytes(HEADROOM_DEFAULTS, worth, observed(seen), wantedBytes, roomBytes);

const at = (seconds: number, seen: Seen): Seen => ({ ...seen, at: seconds * SECOND_MS });

describe('a shrink that takes page cache', () => {
  it('goes down by a step, a look after the last change of size', () => {
    const worth = see(secondsOf(1, calm(16)));
    expect(floor(worth, at(LOOK_S, calm(16)))).toBe(16 * GIB);
    expect(floor(worth, at(1 + LOOK_S, calm(16)))).toBe(15 * GIB);
    const large = see(secondsOf(1, calm(64)));
    expect(floor(large, at(1 + LOOK_S, calm(64)))).toBe(60 * GIB);
    const small = see(secondsOf(1, calm(4)));
    expect(floor(small, at(1 + LOOK_S, calm(4)))).toBe(3 * GIB);
  });

  it.each<[string, Seen]>([
    ['pages come back half as often as is borne', { refaultPagesPerS: 60 }],
    ['much is read for the first time', { readsPerS: 200 }],
    ['tasks wait for memory', { memoryStallFraction: 0.11 }],
  ])('is not tried while %s', (_, seen) => {
    const busy = { ...calm(16), ...seen };
    const worth = see(secondsOf(60, busy));
    expect(floor(worth, at(60, busy))).toBe(16 * GIB);
    expect(floor(see(secondsOf(60, calm(16))), at(60, calm(16)))).toBe(15 * GIB);
  });

  it('is tried when what is read for the first time has not ended for sixty looks', () => {
    const reading = { ...calm(16), readsPerS: 200 };
    expect(floor(see(secondsOf(60 * LOOK_S, reading)), at(60 * LOOK_S, reading))).toBe(16 * GIB);
    expect(floor(see(secondsOf(60 * LOOK_S + 10, reading)), at(60 * LOOK_S + 10, reading))).toBe(15 * GIB);
  });

  it('is none where there is room for the cache beside use', () => {
    const worth = see(secondsOf(1, calm(16)));
    expect(floor(worth, at(2, calm(16)), 13 * GIB, 10 * GIB)).toBe(0);
    expect(floor(worth, at(2, calm(16)), 13 * GIB, 10 * GIB - 1)).toBe(16 * GIB);
  });

  it.each<[string, Seen]>([
    ['what came back', { refaultPagesPerS: null }],
    ['how much page cache there is', { pageCacheBytes: null }],
  ])('is free where nobody knows %s', (_, seen) => {
    const blind = { ...calm(16), ...seen };
    expect(floor(see(secondsOf(1, blind)), at(2, blind))).toBe(0);
  });
});

describe('a step that hurts', () => {
  const before = see(secondsOf(60, calm(64)));
  const hurt = see(secondsOf(10, thrashing(60), 61), before);

  it('is undone: to the size that it came from', () => {
    expect(hurt).toMatchObject({ floorBytes: 64 * GIB, hurtBytes: 60 * GIB });
    expect(floor(hurt, at(70, thrashing(60)), 60 * GIB)).toBe(64 * GIB);
  });

  it('is believed before the mean of some seconds shows it, and not for one second of refaults', () => {
    expect(see(secondsOf(1, thrashing(60), 61), before).floorBytes).toBe(0);
    expect(see(secondsOf(2, thrashing(60), 61), before).floorBytes).toBe(64 * GIB);
  });

  it('is not tried again for twelve looks, and then by single units', () => {
    const resting = see(secondsOf(REST_S - 20, calm(64), 71), hurt);
    const restedAt = 71 + REST_S - 20;
    expect(floor(resting, at(restedAt, calm(64)))).toBe(64 * GIB);
    const rested = see(secondsOf(60, calm(64), restedAt), resting);
    expect(floor(rested, at(restedAt + 60, calm(64)))).toBe(63 * GIB);
  });

  it('is no reason when it is the load that changed after a whole look', () => {
    const looked = see(secondsOf(LOOK_S, calm(60), 61), before);
    expect(see(secondsOf(10, thrashing(60), 61 + LOOK_S), looked).hurtBytes).toBe(0);
  });

  it('is forgotten when the same size is borne for a whole look', () => {
    const later = see(secondsOf(REST_S + 60, calm(64), 71), hurt);
    const borne = see(secondsOf(LOOK_S + 1, calm(60), 131 + REST_S), later);
    expect(borne).toMatchObject({ hurtBytes: 0, floorBytes: 0 });
  });
});

describe('pages that come back without a shrink', () => {
  const thrashed = (gib: number, seconds: number, fromS = 1, pagesPerS = 1000, from = NO_WORTH) =>
    see(secondsOf(seconds, thrashing(gib, pagesPerS), fromS), from);

  it('are a reason to try a larger size, by four steps, after two looks', () => {
    expect(thrashed(16, 2 * LOOK_S).floorBytes).toBe(0);
    const worth = thrashed(16, 2 * LOOK_S + 1);
    expect(worth.floorBytes).toBe(20 * GIB);
    expect(floor(worth, at(62, thrashing(16)), 16 * GIB)).toBe(20 * GIB);
  });

  it('are none while the cache still fills', () => {
    const filling = { ...thrashing(16), freeBytes: 0.02 * 16 * GIB + MIB };
    expect(see(secondsOf(600, filling)).floorBytes).toBe(0);
    expect(see(secondsOf(600, { ...filling, freeBytes: 0.02 * 16 * GIB - MIB })).floorBytes).toBe(20 * GIB);
    expect(see(secondsOf(600, { ...filling, freeBytes: null })).floorBytes).toBe(0);
  });

  it('are borne up to cacheStallFraction of the time of work', () => {
    // 100 pages a second cost 0.1 s beside a core that is busy: a share of 1/11.
    expect(thrashed(16, 600, 1, 100).floorBytes).toBe(0);
    expect(thrashed(16, 600, 1, 120).floorBytes).toBe(20 * GIB);
  });

  it('cost more on a disk that is seen to be slow, and no less where it looks quick', () => {
    const io = (ioStallFraction: number): Seen => ({ ...thrashing(16, 50), readsPerS: 50, ioStallFraction });
    expect(see(secondsOf(600, io(0.5))).missSeconds).toBeCloseTo(0.01, 4);
    expect(see(secondsOf(600, io(0.5))).floorBytes).toBe(20 * GIB);
    expect(see(secondsOf(600, io(0.001)))).toMatchObject({ missSeconds: 0.001, floorBytes: 0 });
    expect(see(secondsOf(600, io(1))).missSeconds).toBeLessThanOrEqual(0.02);
    expect(see(secondsOf(600, { ...io(1), readsPerS: 10 })).missSeconds).toBe(0.001);
  });

  it('are over when a larger size holds them: nothing is asked for any more', () => {
    const grown = see(secondsOf(60, calm(20), 62), thrashed(16, 61));
    expect(grown).toMatchObject({ floorBytes: 0, fruitless: 0 });
  });

  describe('after three larger sizes that did not help', () => {
    /** Each size is granted as soon as it is asked for, and each thrashes as much. */
    const sizes = [16, 20, 24, 32];
    const seconds = 2 * LOOK_S + 1;
    const worths = sizes.map((_, tries) =>
      sizes
        .slice(0, tries + 1)
        .reduce((worth, gib, i) => thrashed(gib, seconds, 1 + i * seconds, 1000, worth), NO_WORTH),
    );
    const givenUp = worths.at(-1)!;
    const now = 4 * seconds;

    it('are given up, and not sooner', () => {
      expect(worths.map(({ floorBytes }) => floorBytes / GIB)).toEqual([20, 24, 32, 0]);
      expect(worths.map(({ fruitless }) => fruitless)).toEqual([0, 1, 2, 0]);
      expect(givenUp.incurableFraction).toBeCloseTo(0.5, 2);
    });

    it('are borne for a third of the half-life, and then larger sizes are tried again', () => {
      const restS = HEADROOM_DEFAULTS.memoryHalfLifeMs / 3 / SECOND_MS;
      expect(see(secondsOf(restS - 1, thrashing(32, 3000), now + 1), givenUp).floorBytes).toBe(0);
      expect(see(secondsOf(restS + 10, thrashing(32, 1000), now + 1), givenUp).floorBytes).toBe(40 * GIB);
    });

    it('are borne with a little more after a step down, but a step that hurts more is undone', () => {
      const settled = see(secondsOf(60, thrashing(32), now + 1), givenUp);
      const down = (pagesPerS: number) => see(secondsOf(20, thrashing(30, pagesPerS), now + 61), settled).floorBytes;
      expect(down(1150)).toBe(0);
      expect(down(1500)).toBe(32 * GIB);
    });

    it('are no reason against a smaller size, as it is none the worse', () => {
      const seen = thrashing(32);
      expect(floor(see(secondsOf(60, seen, now + 1), givenUp), at(now + 60, seen))).toBe(30 * GIB);
    });
  });

  it('were helped by a size that took some of the waiting away: the next is no fruitless one', () => {
    const second = thrashed(20, 2 * LOOK_S + 1, 62, 800, thrashed(16, 61));
    expect(second).toMatchObject({ fruitless: 0, floorBytes: 24 * GIB });
  });
});

describe('the policy', () => {
  const policy = createHeadroomPolicy();
  const idle = (gib: number): Seen => ({ ...calm(gib), neededBytes: GIB, runCores: 0.1 });

  it('gives cold cache back step by step, each as soon as the one before has been looked at', () => {
    let { state } = stepAll(policy, []);
    let granted = 16;
    const sizes: number[] = [];
    for (let second = 1; second <= HOUR_MS / SECOND_MS; second += 1) {
      const room = Math.max(0, (granted - 1.2) * GIB);
      const seen = { ...idle(granted), pageCacheBytes: Math.min(10 * GIB, room) };
      const step = stepAll(policy, secondsOf(1, seen, second), state);
      state = step.state;
      const wanted = (step.recommendation.memBytes ?? 0) / GIB;
      if (wanted !== granted) sizes.push(wanted);
      granted = wanted;
    }
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    expect(sizes.at(-1)).toBe(2);
    expect(sizes.slice(1).every((size, i) => sizes[i]! - size <= 1)).toBe(true);
  });

  it('finds no room for page cache where something stands beside use', () => {
    const full = { ...idle(16), besideBytes: GIB, keptBytes: GIB / 2 };
    const after = (pageCacheBytes: number) =>
      stepAll(policy, secondsOf(120, { ...full, pageCacheBytes })).recommendation.memBytes;
    expect(after(0.3 * GIB)).toBe(3 * GIB);
    expect(after(0.5 * GIB)).toBe(15 * GIB);
  });

  it('says what keeps the size', () => {
    const { recommendation } = stepAll(policy, secondsOf(90, { ...idle(16), readsPerS: 1000 }));
    expect(policy.explain(recommendation)).toContain(
      'memory: 1 GiB in use → 16 GiB for the page cache (work waits for it 0.0 % of its time)',
    );
  });
});
