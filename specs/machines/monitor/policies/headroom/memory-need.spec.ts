/** Memory of `headroom`: what is in use, what it is about to become, and how fast it has been seen to rise. */
import { createHeadroomPolicy } from '../../../../../machines/monitor/policies/headroom/policy';
import type { HeadroomState } from '../../../../../machines/monitor/policies/headroom/state';
import { GIB, HOUR_MS, MIB, MINUTE_MS, SECOND_MS } from '../../../../../machines/shared/units';
import { stepAll, steady, type Seen } from '../../../../support/policy-steps';

/** Nothing fades. */
const policy = createHeadroomPolicy({ memoryHalfLifeMs: Number.MAX_SAFE_INTEGER });

const recommend = (seen: readonly Seen[], from?: HeadroomState) => stepAll(policy, seen, from).recommendation;
const memBytes = (seen: Seen): number | null => recommend([seen]).memBytes;
const MARGIN_BYTES = 125 * MIB;

describe('memory', () => {
  it('is use and what the ladder recommends to leave, in whole units', () => {
    expect(memBytes({ neededBytes: GIB - MARGIN_BYTES })).toBe(GIB);
    expect(memBytes({ neededBytes: GIB - MARGIN_BYTES + MIB })).toBe(2 * GIB);
    expect(memBytes({ neededBytes: 0.975 * 40 * GIB - MIB })).toBe(40 * GIB);
    expect(memBytes({ neededBytes: 0.975 * 40 * GIB + MIB })).toBe(41 * GIB);
  });

  it('holds what the kernel keeps, what is dirty or mapped, and the file cache, beside use', () => {
    const full: Seen = {
      neededBytes: 500 * MIB,
      keptBytes: 100 * MIB,
      besideBytes: 99 * MIB,
      fileCacheBytes: 200 * MIB,
    };
    expect(memBytes(full)).toBe(GIB);
    for (const one of ['neededBytes', 'keptBytes', 'besideBytes', 'fileCacheBytes'] as const) {
      expect(memBytes({ ...full, [one]: (full[one] ?? 0) + MIB })).toBe(2 * GIB);
    }
  });

  it('holds the working set of the file cache where Postgres says it, else all of the file cache', () => {
    const workingSetPages = Array.from({ length: 60 }, () => 10_000);
    const cache = (seen: Seen) => recommend([{ fileCacheBytes: GIB, ...seen }]).parts['workingCacheBytes'];
    expect(cache({ workingSetPages })).toBe(10_000 * 8192);
    expect(cache({ workingSetPages, fileCacheBytes: null })).toBe(10_000 * 8192);
    expect(cache({})).toBe(GIB);
    expect(cache({ workingSetPages: [10_000] })).toBe(GIB);
    expect(cache({ fileCacheBytes: null })).toBe(0);
  });

  it('is as much as a shortage asks for, and stays there when the shortage is over', () => {
    const short = stepAll(policy, [{ neededBytes: MIB, shortageBytes: 4.5 * GIB }]);
    expect(short.recommendation.memBytes).toBe(5 * GIB);
    expect(recommend([{ neededBytes: MIB, at: SECOND_MS }], short.state).memBytes).toBe(5 * GIB);
  });

  it('is unknown, not zero, when it cannot be read', () => {
    expect(recommend([{ neededBytes: GIB }, { neededBytes: null, at: 1000 }]).memBytes).toBeNull();
  });
});

describe('memory that is foreseen', () => {
  /** Growth of 500 MiB/s from 1 GiB on, a sample a second; a request takes two seconds and a half. */
  const ramp = (seconds: number): Seen[] =>
    Array.from({ length: seconds }, (_, i) => ({
      at: (i + 1) * SECOND_MS,
      elapsedMs: SECOND_MS,
      neededBytes: GIB + (i + 1) * 500 * MIB,
      growthBytesPerS: 500 * MIB,
      grantUpMs: 2000,
    }));

  it('is use when a grant arrives', () => {
    const { parts, memBytes: bytes } = recommend(ramp(3));
    expect(parts['forecastBytes']).toBe(GIB + 1500 * MIB + 1250 * MIB + MARGIN_BYTES);
    expect(bytes).toBe(parts['forecastBytes']);
  });

  it('goes no further than growth has come', () => {
    expect(recommend(ramp(1)).parts['forecastBytes']).toBe(GIB + 1000 * MIB + MARGIN_BYTES);
    expect(recommend(ramp(2)).parts['forecastBytes']).toBe(GIB + 2000 * MIB + MARGIN_BYTES);
    const slowGrants = ramp(3).map((one) => ({ ...one, grantUpMs: MINUTE_MS }));
    expect(recommend(slowGrants).parts['forecastBytes']).toBe(GIB + 3000 * MIB + MARGIN_BYTES);
  });

  it('goes to where use has been before, however little of the way has been gone', () => {
    const before: Seen = { neededBytes: GIB + 1600 * MIB, at: 0 };
    expect(recommend([before, ...ramp(1)]).parts['forecastBytes']).toBeCloseTo(GIB + 1600 * MIB + MARGIN_BYTES, 0);
    const far: Seen = { neededBytes: 9 * GIB, at: 0 };
    expect(recommend([far, ...ramp(1)]).parts['forecastBytes']).toBe(GIB + 1750 * MIB + MARGIN_BYTES);
  });

  it('counts the way anew after use has stood still', () => {
    const { state } = stepAll(policy, ramp(3));
    const still: Seen = { at: 4000, elapsedMs: SECOND_MS, neededBytes: GIB + 1500 * MIB };
    const again: Seen = { ...still, at: 5000, growthBytesPerS: 500 * MIB, grantUpMs: 60_000, neededBytes: 4 * GIB };
    expect(recommend([still, again], state).parts['forecastBytes']).toBe(4 * GIB + 500 * MIB + MARGIN_BYTES);
  });

  it('is asked for until a minute has shown that it does not come', () => {
    const { state, recommendation } = stepAll(policy, ramp(3));
    const foreseen = recommendation.parts['forecastBytes'];
    const after = (seconds: number) =>
      recommend(steady(seconds, { neededBytes: GIB + 1500 * MIB }, 4000), state).parts['forecastBytes'];
    expect(after(60)).toBe(foreseen);
    expect(after(61)).toBe(0);
  });
});

describe('room for a rise as high as has been seen', () => {
  const room = (seen: readonly Seen[]) => recommend(seen).parts['standingRoomBytes'];
  const rise: Seen = { neededBytes: 4 * GIB, riseBytes: GIB };

  it('is kept below the highest use that has been seen, and for no more than that', () => {
    expect(room([rise])).toBe(0);
    expect(room([rise, { neededBytes: 3.5 * GIB }])).toBe(GIB / 2);
    expect(room([rise, { neededBytes: 2 * GIB }])).toBe(GIB);
    expect(room([rise, { neededBytes: 5 * GIB }])).toBe(0);
  });

  it('counts growth over the time of a grant', () => {
    const growth: Seen = { neededBytes: 4 * GIB, growthBytesPerS: 100 * MIB, grantUpMs: 1500 };
    expect(room([growth, { neededBytes: GIB }])).toBe(200 * MIB);
  });

  it('is part of the size', () => {
    expect(recommend([rise, { neededBytes: 2 * GIB }]).parts['leastBytes']).toBe(4 * GIB);
    expect(recommend([{ ...rise, riseBytes: 0 }, { neededBytes: 2 * GIB }]).parts['leastBytes']).toBe(3 * GIB);
  });

  it('is forgotten by half in memoryHalfLifeMs, the rise and the height', () => {
    const forgetful = createHeadroomPolicy({ memoryHalfLifeMs: HOUR_MS });
    const roomAfter = (hours: number, neededBytes: number) =>
      stepAll(forgetful, [rise, { neededBytes, at: hours * HOUR_MS, elapsedMs: hours * HOUR_MS }]).recommendation.parts[
        'standingRoomBytes'
      ];
    expect(roomAfter(1, GIB)).toBe(GIB / 2);
    expect(roomAfter(2, GIB)).toBe(GIB / 4);
    expect(roomAfter(1, 3.5 * GIB)).toBe(GIB / 4);
  });
});
