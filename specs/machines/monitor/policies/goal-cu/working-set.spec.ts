import {
  estimateTrueWorkingSetSize,
  projectNextHighest,
  type WorkingSetRules,
} from '../../../../../machines/shared/goal-cu/working-set';
import { mulberry32 } from '../../../../support/prng';

/** Compares with the next point to each side, from index 1 on. */
const NEXT: WorkingSetRules = { maxAllowedIncreaseFactor: 3, initialOffset: 1, windowSize: 2 };
/** Compares two points to each side, from index 2 on. */
const TWO: WorkingSetRules = { maxAllowedIncreaseFactor: 3, initialOffset: 2, windowSize: 3 };

describe('estimate of the true working set', () => {
  it.each<[string, readonly number[], WorkingSetRules, number]>([
    ['steady growth has no plateau: the last value', [10, 20, 30, 40, 50], NEXT, 50],
    ['3 times the growth before is still allowed: 30 = 3 x 10', [0, 10, 40], NEXT, 40],
    ['more than that ends the plateau: 31 > 3 x 10', [0, 10, 41], NEXT, 10],
    ['any growth after none: 1 > 3 x 0', [5, 5, 6], NEXT, 5],
    ['no growth at all: 0 > 0 does not hold', [5, 5, 5], NEXT, 5],
    ['a fall before counts as no growth: 1 > 3 x max(0, 40 - 50)', [50, 40, 41], NEXT, 40],
    ['a fall after counts as no growth: max(0, 4 - 5) > 0 does not hold', [5, 5, 4], NEXT, 4],
    ['the first of several ends', [0, 10, 50, 50, 99], NEXT, 10],
    ['growth before the offset is not looked at', [0, 0, 100, 100], { ...NEXT, initialOffset: 2 }, 100],
    // at 2: 0 > 3 x (20 - 10); at 3: 100 - 20 = 80 > 3 x (20 - 18)
    ['a wider window compares further points', [10, 18, 20, 20, 20, 100, 200], TWO, 20],
    ['the last index that is looked at has its whole window: 2 of 5', [0, 0, 1, 50, 51], TWO, 1],
    ['one more is not: 2 of 4', [0, 0, 1, 50], TWO, 50],
    ['a series shorter than the offset', [7, 8], { ...NEXT, initialOffset: 9 }, 8],
    ['a single value', [7], NEXT, 7],
    ['factor 0: any growth ends the plateau', [0, 10, 11], { ...NEXT, maxAllowedIncreaseFactor: 0 }, 10],
  ])('%s: %j', (_why, series, rules, expected) => {
    expect(estimateTrueWorkingSetSize(series, rules)).toBe(expected);
  });

  it.each<[readonly number[], Partial<WorkingSetRules>, string]>([
    [[], {}, 'series.length is 0; allowed: an integer >= 1'],
    [[1, NaN, 3], {}, 'series[1] is NaN; allowed: a finite number'],
    [[1, 2], { windowSize: 1 }, 'windowSize is 1; allowed: an integer >= 2'],
    [[1, 2], { windowSize: 2.5 }, 'windowSize is 2.5; allowed: an integer >= 2'],
    [[1, 2], { windowSize: 3, initialOffset: 1 }, 'initialOffset is 1; allowed: an integer >= 2'],
    [[1, 2], { initialOffset: 1.5 }, 'initialOffset is 1.5; allowed: an integer >= 1'],
    [[1, 2], { maxAllowedIncreaseFactor: -1 }, 'maxAllowedIncreaseFactor is -1; allowed: a finite number >= 0'],
    [[1, 2], { maxAllowedIncreaseFactor: NaN }, 'maxAllowedIncreaseFactor is NaN; allowed: a finite number >= 0'],
  ])('refuses %j with %j', (series, wrong, message) => {
    expect(() => estimateTrueWorkingSetSize(series, { ...NEXT, ...wrong })).toThrow(new RangeError(message));
  });

  it('equals a loop written word by word from the rule', () => {
    const random = mulberry32(2024);
    for (let run = 0; run < 500; run += 1) {
      const series = Array.from({ length: 1 + Math.floor(random() * 20) }, () => Math.floor(random() * 30));
      const windowSize = 2 + Math.floor(random() * 4);
      const initialOffset = windowSize - 1 + Math.floor(random() * 4);
      const rules = { maxAllowedIncreaseFactor: random() * 4, initialOffset, windowSize };
      expect(estimateTrueWorkingSetSize(series, rules)).toBe(wordByWord(series, rules));
    }
  });
});

const wordByWord = (s: readonly number[], rules: WorkingSetRules): number => {
  const w = rules.windowSize - 1;
  for (let t = rules.initialOffset; t + w < s.length; t += 1) {
    const d0 = Math.max(0, s[t]! - s[t - w]!);
    const d1 = Math.max(0, s[t + w]! - s[t]!);
    if (d1 > rules.maxAllowedIncreaseFactor * d0) return s[t]!;
  }
  return s[s.length - 1]!;
};

describe('projection of the next highest', () => {
  it.each<[string, readonly number[], number, number]>([
    ['a step up is drawn on: 120 + 20 x 0.5', [100, 120], 0.5, 130],
    ['a step down is level: the first value', [120, 100], 0.5, 120],
    ['the steepest step wins over the last value: 200 + 50', [100, 200, 210], 0.5, 250],
    ['an early height wins over a later step: 150 + 25 < 300', [300, 100, 150], 0.5, 300],
    ['length 0: the highest value', [1, 7, 3], 0, 7],
    ['length 2: 7 + 6 x 2', [1, 7, 3], 2, 19],
    ['level', [4, 4], 0.5, 4],
    ['zeros', [0, 0], 0.5, 0],
  ])('%s: %j by %d', (_why, series, length, expected) => {
    expect(projectNextHighest(series, length)).toBe(expected);
  });

  it.each<[readonly number[], number, string]>([
    [[], 0.5, 'series.length is 0; allowed: an integer >= 2'],
    [[1], 0.5, 'series.length is 1; allowed: an integer >= 2'],
    [[1, Infinity], 0.5, 'series[1] is Infinity; allowed: a finite number'],
    [[1, 2], -0.5, 'projectLen is -0.5; allowed: a finite number >= 0'],
    [[1, 2], NaN, 'projectLen is NaN; allowed: a finite number >= 0'],
  ])('refuses %j by %d', (series, length, message) => {
    expect(() => projectNextHighest(series, length)).toThrow(new RangeError(message));
  });
});
