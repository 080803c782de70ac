import { isRight } from 'fp-ts/Either';
import {
  EMPTY_WINDOW,
  MAX_WINDOW_ENTRIES,
  MaxWindow,
  maxOf,
  pushMax,
} from '../../../../machines/monitor/policies/window-max';
import { deepFreeze } from '../../../support/deep-freeze';
import { mulberry32 } from '../../../support/prng';

const WINDOW_MS = 60_000;

type Sample = readonly [at: number, value: number];

const pushAll = (samples: readonly Sample[]): MaxWindow =>
  samples.reduce((window, [at, value]) => pushMax(window, at, value, WINDOW_MS), EMPTY_WINDOW);

describe('maximum over a window', () => {
  it('is 0 before the first sample', () => {
    expect(maxOf(EMPTY_WINDOW)).toBe(0);
  });

  it.each<[string, readonly Sample[], number]>([
    ['a single sample', [[0, 3]], 3],
    [
      'the highest of three',
      [
        [0, 1],
        [100, 5],
        [200, 2],
      ],
      5,
    ],
    [
      'a sample of exactly window age still counts',
      [
        [0, 5],
        [60_000, 1],
      ],
      5,
    ],
    [
      'a sample one millisecond older does not',
      [
        [0, 5],
        [60_001, 1],
      ],
      1,
    ],
    [
      'the second highest, once the highest has left',
      [
        [0, 5],
        [100, 4],
        [60_001, 1],
      ],
      4,
    ],
    [
      'an equal value renews the maximum',
      [
        [0, 5],
        [30_000, 5],
        [90_000, 1],
      ],
      5,
    ],
    [
      'after a gap longer than the window only the newest',
      [
        [0, 9],
        [100, 8],
        [200_000, 2],
      ],
      2,
    ],
    [
      'two samples at one instant',
      [
        [0, 2],
        [0, 3],
      ],
      3,
    ],
  ])('%s', (_what, samples, expected) => {
    expect(maxOf(pushAll(samples))).toBe(expected);
  });

  it('keeps one entry for equal values: the newest', () => {
    expect(
      pushAll([
        [0, 5],
        [100, 5],
        [200, 5],
      ]),
    ).toEqual([{ at: 200, value: 5 }]);
  });

  it('forgets what a later sample exceeds', () => {
    expect(
      pushAll([
        [0, 5],
        [100, 3],
        [200, 4],
      ]),
    ).toEqual([
      { at: 0, value: 5 },
      { at: 200, value: 4 },
    ]);
  });

  it('throws when time goes back', () => {
    expect(() =>
      pushAll([
        [100, 1],
        [99, 1],
      ]),
    ).toThrow(new RangeError('at is 99; allowed: not before the newest sample, 100'));
  });

  it('does not change the window it is given', () => {
    const before = deepFreeze(
      pushAll([
        [0, 5],
        [100, 3],
      ]),
    );
    expect(pushMax(before, 200, 9, WINDOW_MS)).toEqual([{ at: 200, value: 9 }]);
    expect(before).toEqual([
      { at: 0, value: 5 },
      { at: 100, value: 3 },
    ]);
  });

  it('comes back from JSON through its codec', () => {
    const window = pushAll([
      [0, 5],
      [100, 3],
    ]);
    expect(MaxWindow.decode(JSON.parse(JSON.stringify(window)))).toEqual({ _tag: 'Right', right: window });
    expect(isRight(MaxWindow.decode([{ at: '0', value: 5 }]))).toBe(false);
  });

  it.each([1, 2, 3, 4, 5])('equals the maximum over all samples of the window (seed %d)', (seed) => {
    const random = mulberry32(seed);
    let window = EMPTY_WINDOW;
    let samples: Sample[] = [];
    let at = 0;
    for (let i = 0; i < 1000; i += 1) {
      // Mostly steps of up to a second on a grid (so that exact window ages occur), now and then a long gap.
      at += random() < 0.01 ? 45_000 : Math.floor(random() * 10) * 100;
      const value = Math.floor(random() * 8);
      const now = at;
      samples = [...samples, [at, value] as const].filter(([sampleAt]) => now - sampleAt <= 5_000);
      window = pushMax(deepFreeze(window), at, value, 5_000);
      expect({ at, max: maxOf(window) }).toEqual({ at, max: Math.max(...samples.map(([, sampled]) => sampled)) });
      expect(window.length).toBeLessThanOrEqual(8); // never more entries than distinct values
    }
  });

  it('stays bounded under an endless fall, and then is too high but never too low', () => {
    const samples = Array.from({ length: 4 * MAX_WINDOW_ENTRIES }, (_, i): Sample => [i, 1_000_000 - i]);
    const window = pushAll(samples);
    expect(window.length).toBe(MAX_WINDOW_ENTRIES);
    expect(maxOf(window)).toBe(1_000_000);
    // All but the newest entry age out; what is left stands above the true value of the last sample.
    const lastAt = samples.length - 1;
    const later = pushMax(window, lastAt + WINDOW_MS, 0, WINDOW_MS);
    expect(maxOf(later)).toBe(1_000_000 - (MAX_WINDOW_ENTRIES - 1));
    expect(maxOf(later)).toBeGreaterThanOrEqual(1_000_000 - lastAt);
  });
});
