import { sizingRules } from '../../../../machines/shared/config/sizing-rules';
import { configFromArguments } from '../../../../adapters/monitor/config/load';
import { GIB } from '../../../../machines/shared/units';
import { leftOf, rightOf } from '../../../support/either';
import { surroundings } from '../../../support/environment';

const UNIT = { cpu: 0.25, mem: GIB };
const gib = (cpu: number, mem: number) => ({ cpu, mem: mem * GIB });
const TIED = { computeUnit: UNIT, independent: false, minSize: null, maxSize: null };

describe('bounds in whole units', () => {
  it('are one unit and open by default', () => {
    expect(rightOf(sizingRules(TIED))).toEqual({ unit: UNIT, min: UNIT, max: null, independent: false });
  });

  it.each([
    ['the smallest is rounded up', { minSize: gib(0.3, 0.5) }, { min: gib(0.5, 2) }],
    ['the smallest holds both resources', { minSize: gib(0.25, 3) }, { min: gib(0.75, 3) }],
    ['the largest is rounded down', { maxSize: gib(1.1, 4.9) }, { max: gib(1, 4) }],
    ['the largest passes neither bound', { maxSize: gib(4, 2) }, { max: gib(0.5, 2) }],
    ['equal bounds are fine', { minSize: gib(1, 4), maxSize: gib(1, 4) }, { min: gib(1, 4), max: gib(1, 4) }],
    [
      'fractions of a CPU do not cost a unit',
      { computeUnit: { cpu: 0.1, mem: GIB }, minSize: gib(0.3, 3) },
      { min: gib(0.3, 3) },
    ],
  ])('tied: %s', (_what, flags, expected) => {
    expect(rightOf(sizingRules({ ...TIED, ...flags }))).toMatchObject(expected);
  });

  it('independent: each resource has its own step', () => {
    const flags = { ...TIED, independent: true, minSize: gib(0.3, 1), maxSize: gib(4.1, 2.5) };
    expect(rightOf(sizingRules(flags))).toMatchObject({ min: gib(0.5, 1), max: gib(4, 2) });
  });

  it.each([
    ['a largest size below one unit', { maxSize: gib(4, 0.9) }, 'maxSize', 'at least one compute unit'],
    ['a smallest size above the largest', { minSize: gib(2, 8), maxSize: gib(1, 4) }, 'minSize', 'no more than'],
    ['bounds that cross when rounded', { minSize: gib(0.3, 1), maxSize: gib(0.4, 9) }, 'minSize', 'no more than'],
    [
      'a smallest size with more memory than can be counted',
      { computeUnit: gib(0.01, 4096), minSize: gib(4096, 1) },
      'minSize',
      'fewer units',
    ],
  ])('refuse %s', (_what, flags, key, expected) => {
    const clash = leftOf(sizingRules({ ...TIED, ...flags }));
    expect(clash.key).toBe(key);
    expect(clash.expected).toContain(expected);
  });

  it('independent: refuse when one resource alone crosses', () => {
    const flags = { ...TIED, independent: true, minSize: gib(2, 1), maxSize: gib(1, 8) };
    expect(leftOf(sizingRules(flags)).key).toBe('minSize');
  });

  it('are refused under the name that the user wrote', () => {
    const environment = { VM_MONITOR_MIN_SIZE: '2,8GiB' };
    const line = leftOf(configFromArguments(['--max-size', '1,4GiB'], surroundings({ environment })));
    expect(line).toMatch(/^VM_MONITOR_MIN_SIZE "2,8GiB": expected no more than the largest size/);
  });
});
