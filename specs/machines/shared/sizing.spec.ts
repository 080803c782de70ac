/** From raw need to whole units within the bounds (rule R6). */
import {
  exceeds,
  larger,
  sameSize,
  toWholeUnits,
  unitsDown,
  unitsUp,
  type SizingRules,
} from '../../../machines/shared/sizing';
import { GIB } from '../../../machines/shared/units';
import { units } from '../../support/chart-events';
import { between, forRandom, pick, type Random } from '../../support/random';

const RULES: SizingRules = { unit: units(1), min: units(1), max: units(8), independent: false };

const randomRules = (random: Random): SizingRules => {
  const unit = pick(random, [units(1), { cpu: 0.1, mem: GIB / 4 }, { cpu: 1, mem: 3 * GIB }]);
  const max = { cpu: unit.cpu * 20, mem: unit.mem * 20 };
  return { unit, min: unit, max: pick(random, [null, max]), independent: random() < 0.5 };
};

const randomRaw = (random: Random) => ({ cpu: between(random, 0, 9), mem: between(random, 0, 40 * GIB) });

describe('a raw size', () => {
  it.each([
    ['0.25 vCPU and 1 GiB', { cpu: 0.25, mem: GIB }, units(1)],
    ['a hair more memory', { cpu: 0.25, mem: GIB + 64 }, units(2)],
    ['much CPU and little memory', { cpu: 1.1, mem: GIB }, units(5)],
    ['nothing', { cpu: 0, mem: 0 }, units(1)],
    ['more than the largest', { cpu: 99, mem: 0 }, units(8)],
  ])('of %s becomes the tied units that hold it', (_, raw, size) => {
    expect(toWholeUnits(RULES, raw)).toEqual(size);
  });

  it('moves each resource in its own step when they are independent', () => {
    expect(toWholeUnits({ ...RULES, independent: true }, { cpu: 1.1, mem: GIB })).toEqual({ cpu: 1.25, mem: GIB });
  });

  it('keeps tied units tied when the largest size is not', () => {
    const max = { cpu: 4, mem: 3 * GIB };
    expect(toWholeUnits({ ...RULES, max }, { cpu: 2, mem: GIB })).toEqual(units(3));
    expect(toWholeUnits({ ...RULES, min: { cpu: 0.25, mem: 2 * GIB } }, { cpu: 0, mem: 0 })).toEqual(units(2));
  });

  it('does not cost a unit for the error of binary fractions', () => {
    expect(unitsUp(0.1 + 0.2, 0.1)).toBe(3);
    expect(unitsDown(0.3, 0.1)).toBe(3);
    expect(toWholeUnits({ ...RULES, unit: { cpu: 0.1, mem: GIB } }, { cpu: 0.3, mem: 0 }).cpu).toBe(0.3);
  });

  it('holds what is needed, in whole units, within the bounds (random rules)', () => {
    forRandom(500, (random) => {
      const rules = randomRules(random);
      const raw = randomRaw(random);
      const size = toWholeUnits(rules, raw);
      const count = { cpu: size.cpu / rules.unit.cpu, mem: size.mem / rules.unit.mem };
      expect(count.cpu).toBeCloseTo(Math.round(count.cpu), 4);
      expect(Number.isInteger(count.mem)).toBe(true);
      if (!rules.independent) expect(Math.round(count.cpu)).toBe(count.mem);
      const atMost = rules.max ?? { cpu: Infinity, mem: Infinity };
      expect(exceeds(size, atMost)).toBe(false);
      const wanted = { cpu: Math.min(raw.cpu, atMost.cpu), mem: Math.min(raw.mem, atMost.mem) };
      expect(exceeds(wanted, { cpu: size.cpu + 1e-6, mem: size.mem + 1 })).toBe(false);
    });
  });

  it('never becomes smaller when it grows (random rules)', () => {
    forRandom(500, (random) => {
      const rules = randomRules(random);
      const raw = randomRaw(random);
      const more = { cpu: raw.cpu + between(random, 0, 2), mem: raw.mem + between(random, 0, 9 * GIB) };
      expect(exceeds(toWholeUnits(rules, raw), toWholeUnits(rules, more))).toBe(false);
    });
  });

  it('stays what it became (random rules)', () => {
    forRandom(200, (random) => {
      const rules = randomRules(random);
      const size = toWholeUnits(rules, randomRaw(random));
      expect(toWholeUnits(rules, size)).toEqual(size);
    });
  });
});

describe('two sizes', () => {
  it('are the same only in both resources', () => {
    expect(sameSize(units(2), units(2))).toBe(true);
    expect(sameSize(units(2), { ...units(2), cpu: 1 })).toBe(false);
  });

  it('can each exceed the other', () => {
    const [a, b] = [
      { cpu: 1, mem: GIB },
      { cpu: 0.5, mem: 2 * GIB },
    ];
    expect([exceeds(a, b), exceeds(b, a), exceeds(a, a)]).toEqual([true, true, false]);
    expect(larger(a, b)).toEqual({ cpu: 1, mem: 2 * GIB });
  });
});
