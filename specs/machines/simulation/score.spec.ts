import { noMeasures, type Measures } from '../../../machines/simulation/measures';
import { familyOf, scoreFamilies, scoreOf, worstExcess, type Result } from '../../../machines/simulation/score';

const DAY = 86_400;
const result = (trace: string, measures: Partial<Measures>, chosen: Partial<Result> = {}): Result => ({
  trace,
  policy: 'p',
  medianIntervalSeconds: 300,
  knowsMemory: true,
  measures: { ...noMeasures(), durationSeconds: DAY, ...measures },
  ...chosen,
});

it.each([
  ['bitbrains_rnd_2013-7_vm58', 'bitbrains_rnd'],
  ['alibaba2018_machine_m_1934', 'alibaba2018_machine'],
  ['nab_ec2_cpu_utilization_ac20cd', 'nab_ec2'],
  ['alone', 'alone'],
])('the family of %s is %s', (trace, family) => {
  expect(familyOf(trace)).toBe(family);
});

describe('a score', () => {
  it('sums a family, adds the least that counts, and divides by the yardstick', () => {
    const [family] = scoreFamilies(
      [result('a_b_1', { cpuShortCoreSeconds: 1 }), result('a_b_2', { cpuShortCoreSeconds: 2, resizes: 8 })],
      [result('a_b_1', { cpuShortCoreSeconds: 10 }), result('a_b_2', { memShortGibSeconds: 4.8, resizes: 38 })],
    );
    expect(family).toMatchObject({ traces: 2, days: 2, cpuShort: 5 / 12, memShort: 0.2 / 5, resizes: 10 / 40 });
  });

  it('weighs families equally, by geometric mean', () => {
    const cost = (a: number, b: number) => [
      result('a_a_1', { allocatedCoreSeconds: a }),
      result('a_a_2', { allocatedCoreSeconds: a }),
      result('b_b_1', { allocatedCoreSeconds: b }),
    ];
    expect(scoreOf(scoreFamilies(cost(1, 4), cost(2, 2))).cpuCost).toBeCloseTo(1, 12);
  });

  it('leaves cost and resizes of traces of minutes out, and memory where it is unknown', () => {
    const fine = [result('fine_1', {}, { medianIntervalSeconds: 1 })];
    expect(scoreFamilies(fine, fine)[0]).toMatchObject({
      cpuShort: 1,
      memShort: 1,
      cpuCost: null,
      memCost: null,
      resizes: null,
    });
    const blind = [result('blind_1', { allocatedCoreSeconds: 1 }, { knowsMemory: false })];
    expect(scoreFamilies(blind, blind)[0]).toMatchObject({ memShort: null, memCost: null, cpuCost: 1, resizes: 1 });
    expect(scoreOf(scoreFamilies(blind, blind)).memShort).toBeNull();
  });

  it('tells whole hosts apart', () => {
    const mine = [result('alibaba2018_machine_1', { cpuShortCoreSeconds: 99 }), result('a_b_1', {})];
    const yardstick = [result('alibaba2018_machine_1', {}), result('a_b_1', {})];
    const families = scoreFamilies(mine, yardstick);
    expect(families.map(({ family }) => family)).toEqual(['a_b', 'alibaba2018_machine']);
    expect(scoreOf(families).cpuShort).toBe(1);
    expect(worstExcess(families, 'cpuShortCoreSeconds')).toEqual({ family: 'a_b', perDay: 0 });
  });

  it('finds the family that exceeds the yardstick the most, per trace-day', () => {
    const mine = [result('a_b_1', { memShortGibSeconds: 5 }), result('c_d_1', { memShortGibSeconds: 9 })];
    const yardstick = [result('a_b_1', {}), result('c_d_1', { memShortGibSeconds: 8 })];
    expect(worstExcess(scoreFamilies(mine, yardstick), 'memShortGibSeconds')).toEqual({ family: 'a_b', perDay: 5 });
    expect(worstExcess([], 'memShortGibSeconds')).toBeNull();
  });
});
