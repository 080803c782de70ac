import { isRight } from 'fp-ts/Either';
import { createGoalCuPolicy, type GoalCuOptions } from '../../../../../machines/monitor/policies/goal-cu/policy';
import type { Recommendation, Observation } from '../../../../../machines/monitor/policies/policy';
import { GIB, MIB, MINUTE_MS } from '../../../../../machines/shared/units';
import { deepFreeze } from '../../../../support/deep-freeze';
import { observed } from '../../../../support/observation';

const UNIT = { cpu: 0.25, mem: GIB };
const WORKING_SET = Array.from({ length: 9 }, () => (1.5 * GIB) / 8192);

const needOf = (seen: Partial<Observation>, config: GoalCuOptions['config'] = {}): Recommendation => {
  const policy = createGoalCuPolicy({ computeUnit: UNIT, config });
  return policy.step(deepFreeze(policy.initial), deepFreeze(observed(seen))).recommendation;
};

describe('policy goal-cu', () => {
  it('needs the goal times the compute unit', () => {
    // 0.9 / 0.9 / 0.25 = 4 units
    expect(needOf({ load1: 0.9, load5: 0.5 })).toMatchObject({ cpu: 1, memBytes: 4 * GIB });
  });

  it('adds 100 MiB to what is in use', () => {
    // (668 + 100) / 0.75 = 1024 MiB: one unit; a byte more: two
    expect(needOf({ usedBytes: 668 * MIB })).toMatchObject({ cpu: 0.25, memBytes: GIB });
    expect(needOf({ usedBytes: 668 * MIB + 1 })).toMatchObject({ cpu: 0.5, memBytes: 2 * GIB });
  });

  it('gives tied units without the noise of binary fractions', () => {
    const policy = createGoalCuPolicy({ computeUnit: { cpu: 0.1, mem: GIB } });
    // 0.27 / 0.9 / 0.1 = 3 units
    expect(policy.step(policy.initial, observed({ load1: 0.27, load5: 0.27 })).recommendation.cpu).toBe(0.3);
  });

  it.each<keyof Observation>(['load1', 'load5', 'usedBytes', 'cachedBytes'])('cannot say without %s', (missing) => {
    expect(needOf({ [missing]: null })).toEqual({ cpu: null, memBytes: null, parts: {} });
  });

  it('carries its numbers as parts', () => {
    expect(needOf({ load1: 0.9, load5: 0.5, usedBytes: 668 * MIB }).parts).toEqual({
      goalCU: 4,
      cpuCU: 4,
      memCU: 1,
      loadCores: 0.9,
      usedBytes: 768 * MIB,
      metricsMissing: 0,
    });
  });

  it.each([true, false])('counts the working set of the file cache that was read, awaited: %s', (enableLFCMetrics) => {
    const recommendation = needOf({ workingSetPages: WORKING_SET }, { enableLFCMetrics });
    expect(recommendation).toMatchObject({ cpu: 0.5, memBytes: 2 * GIB, parts: { fileCacheCU: 2 } }); // 1.5 / 0.75
  });

  it('does not go below the size held while file cache metrics are enabled and missing', () => {
    const granted = { cpu: 1, mem: 4 * GIB };
    expect(needOf({ granted }, { enableLFCMetrics: true })).toMatchObject({ cpu: 1, memBytes: 4 * GIB });
    expect(needOf({ granted, load1: 1.8 }, { enableLFCMetrics: true })).toMatchObject({ cpu: 2, memBytes: 8 * GIB });
    expect(needOf({ granted })).toMatchObject({ cpu: 0.25, memBytes: GIB });
  });

  it('does not throw for a working set that falls', () => {
    const recommendation = needOf(
      { workingSetPages: [9, 8, 7, 6, 5, 4, 3, 2, 1, 0] },
      { enableLFCMetrics: true, lfcUseLargestWindow: true, lfcMinWaitBeforeDownscaleMinutes: 3 },
    );
    expect(recommendation.parts['fileCacheCU']).toBe((9 * 8192) / 0.75 / GIB);
  });

  it('explains itself in one sentence', () => {
    const policy = createGoalCuPolicy({ computeUnit: UNIT, config: { enableLFCMetrics: true } });
    const explain = (seen: Partial<Observation>): string =>
      policy.explain(policy.step(policy.initial, observed(seen)).recommendation);
    const busy = { load1: 0.32, load5: 0.32, usedBytes: 1.9 * GIB, workingSetPages: WORKING_SET };
    expect(explain(busy)).toBe(
      'goal 3 x (0.25 vCPU + 1 GiB): load 0.32 asks for 1.42, 2 GiB in use for 2.66, the file cache for 2',
    );
    expect(explain({ ...busy, workingSetPages: null })).toBe(
      'goal 3 x (0.25 vCPU + 1 GiB): load 0.32 asks for 1.42, 2 GiB in use for 2.66, ' +
        'file cache metrics are missing, so not below the present size',
    );
    expect(explain({ load1: null })).toBe('no goal: load or memory readings are missing');
  });

  it('looks for a minute before its first wish to shrink', () => {
    expect(createGoalCuPolicy({ computeUnit: UNIT }).longestWindowMs).toBe(MINUTE_MS);
  });

  it('remembers nothing, and its state comes back from JSON', () => {
    const { initial, step, stateCodec } = createGoalCuPolicy({ computeUnit: UNIT });
    const { state } = step(initial, observed({ load1: 5 }));
    expect(stateCodec.decode(JSON.parse(JSON.stringify(state)))).toEqual({ _tag: 'Right', right: {} });
    expect(isRight(stateCodec.decode({ cpu: [] }))).toBe(false);
  });

  it.each<[GoalCuOptions, string]>([
    [{ computeUnit: { cpu: 0, mem: GIB } }, 'computeUnit.cpu is 0; allowed: a finite number > 0'],
    [{ computeUnit: { cpu: 1, mem: -1 } }, 'computeUnit.mem is -1; allowed: a finite number > 0'],
    [
      { computeUnit: UNIT, config: { memoryUsageFractionTarget: 0 } },
      'config.memoryUsageFractionTarget is 0; allowed: a finite number > 0',
    ],
    [
      // Good for the formula, but a falling series would make it throw.
      { computeUnit: UNIT, config: { lfcWindowSizeMinutes: 2, lfcMinWaitBeforeDownscaleMinutes: 2 } },
      'config.lfcMinWaitBeforeDownscaleMinutes is 2; allowed: an integer >= 3',
    ],
  ])('refuses %j', (options, message) => {
    expect(() => createGoalCuPolicy(options)).toThrow(new RangeError(message));
  });
});
