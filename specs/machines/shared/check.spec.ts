import {
  BOOLEAN,
  FINITE,
  NOT_NEGATIVE,
  POSITIVE,
  PROPER_FRACTION,
  atLeast,
  integerFrom,
  requireAllowed,
  requireEach,
  requireFields,
  type Allowed,
} from '../../../machines/shared/check';

const cases: readonly [name: string, allowed: Allowed, good: readonly unknown[], bad: readonly unknown[]][] = [
  ['FINITE', FINITE, [-1, 0, 1.5], [NaN, Infinity, '1', null, undefined]],
  ['POSITIVE', POSITIVE, [Number.MIN_VALUE, 3], [0, -1, NaN, Infinity, '3']],
  ['NOT_NEGATIVE', NOT_NEGATIVE, [0, 3], [-Number.MIN_VALUE, NaN, Infinity]],
  ['PROPER_FRACTION', PROPER_FRACTION, [0.001, 0.999], [0, 1, -0.5, NaN]],
  ['BOOLEAN', BOOLEAN, [true, false], [0, 'true', undefined, null]],
  ['atLeast(2)', atLeast(2), [2, 2.5], [1.999, Infinity]],
  ['integerFrom(2)', integerFrom(2), [2, 7], [1, 2.5, '2', NaN]],
];

describe('allowed values', () => {
  it.each(cases)('%s holds for what it allows and for nothing else', (_name, allowed, good, bad) => {
    expect(good.filter((value) => !allowed.holds(value))).toEqual([]);
    expect(bad.filter((value) => allowed.holds(value))).toEqual([]);
  });

  it('names the argument, its value and what is allowed', () => {
    expect(() => {
      requireAllowed('windowMs', -1, NOT_NEGATIVE);
    }).toThrow(new RangeError('windowMs is -1; allowed: a finite number >= 0'));
  });

  it('names the field that is missing', () => {
    expect(() => {
      requireFields('config', { a: 1 }, { a: POSITIVE, b: POSITIVE });
    }).toThrow(new RangeError('config.b is undefined; allowed: a finite number > 0'));
  });

  it('names the place in a list, holes included', () => {
    const holed: number[] = [1, 2];
    holed[3] = 4;
    expect(() => {
      requireEach('series', holed, FINITE);
    }).toThrow(new RangeError('series[2] is undefined; allowed: a finite number'));
  });

  it('refuses what is no list, as untyped callers may pass', () => {
    const untyped = JSON.parse('"12"') as number[];
    expect(() => {
      requireEach('series', untyped, FINITE);
    }).toThrow(new RangeError('series is 12; allowed: a list'));
  });

  it('accepts what is allowed', () => {
    expect(() => {
      requireFields('config', { a: 1, more: 'ignored' }, { a: POSITIVE });
      requireEach('series', [], FINITE);
    }).not.toThrow();
  });
});
