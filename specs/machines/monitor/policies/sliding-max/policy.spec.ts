import { isRight } from 'fp-ts/Either';
import { createSlidingMaxPolicy } from '../../../../../machines/monitor/policies/sliding-max/policy';
import type { SlidingMaxRules } from '../../../../../machines/monitor/policies/sliding-max/rules';
import { SlidingMaxWindows } from '../../../../../machines/monitor/policies/sliding-max/windows';
import type { Recommendation, Observation } from '../../../../../machines/monitor/policies/policy';
import { GIB, MIB, MINUTE_MS } from '../../../../../machines/shared/units';
import { deepFreeze } from '../../../../support/deep-freeze';
import { observed } from '../../../../support/observation';

/** The needs for a row of observations; states and observations are frozen on the way. */
const needsOf = (seen: readonly Partial<Observation>[], rules: Partial<SlidingMaxRules> = {}): Recommendation[] => {
  const policy = createSlidingMaxPolicy(rules);
  let state = policy.initial;
  return seen.map((differences) => {
    const step = policy.step(deepFreeze(state), deepFreeze(observed(differences)));
    state = step.state;
    return step.recommendation;
  });
};

describe('policy sliding-max', () => {
  it('needs the highest target of the last minute, each resource apart', () => {
    const needs = needsOf([
      { at: 0, load1: 1.8, usedBytes: 384 * MIB },
      { at: 30_000, load1: 0.9, usedBytes: 1536 * MIB },
      { at: 60_000, load1: 0, usedBytes: 0 },
      { at: 60_001, load1: 0, usedBytes: 0 },
      { at: 90_001, load1: 0, usedBytes: 0 },
    ]);
    expect(needs.map(({ cpu, memBytes }) => [cpu, memBytes])).toEqual([
      [2, 512 * MIB],
      [2, 2 * GIB],
      [2, 2 * GIB], // exactly a minute old still counts
      [1, 2 * GIB],
      [0, 0],
    ]);
  });

  it('says nothing about a resource whose reading is missing, and remembers it', () => {
    const needs = needsOf([
      { at: 0, load1: 1.8, usedBytes: 1536 * MIB },
      { at: 1000, load1: null, usedBytes: 0 },
      { at: 2000, load1: 0, usedBytes: null },
      { at: 3000, load1: null, usedBytes: null },
    ]);
    expect(needs).toEqual([
      { cpu: 2, memBytes: 2 * GIB, parts: { loadCores: 1.8, usedBytes: 1536 * MIB } },
      { cpu: null, memBytes: 2 * GIB, parts: { usedBytes: 0 } },
      { cpu: 2, memBytes: null, parts: { loadCores: 0 } },
      { cpu: null, memBytes: null, parts: {} },
    ]);
  });

  it('takes other rules', () => {
    const [recommendation] = needsOf([{ load1: 0.5, usedBytes: GIB }], {
      cpuQuantum: 1,
      memQuantumBytes: GIB,
      loadAverageFractionTarget: 0.5,
      memoryUsageFractionTarget: 0.9,
    });
    expect(recommendation).toMatchObject({ cpu: 1, memBytes: 2 * GIB }); // 0.5 / 0.5; 1 / 0.9 = 1.11 GiB
  });

  it('looks for a whole window before its first wish to shrink', () => {
    expect(createSlidingMaxPolicy().longestWindowMs).toBe(MINUTE_MS);
    expect(createSlidingMaxPolicy({ windowMs: 5000 }).longestWindowMs).toBe(5000);
  });

  it('explains itself in one sentence', () => {
    const policy = createSlidingMaxPolicy();
    const explain = (seen: Partial<Observation>): string =>
      policy.explain(policy.step(policy.initial, observed(seen)).recommendation);
    expect(explain({ load1: 1.9, usedBytes: 1.9 * GIB })).toBe(
      'highest of the last 60 s: 2.25 vCPU (load 1.9 now), 3 GiB (1.9 GiB in use now)',
    );
    expect(explain({ load1: null, usedBytes: null })).toBe('highest of the last 60 s: load unknown, memory unknown');
  });

  it('goes on from a state that went through JSON and its codec', () => {
    const { initial, step, stateCodec } = createSlidingMaxPolicy();
    const busy = step(initial, observed({ at: 0, load1: 1.8, usedBytes: GIB })).state;
    const { state } = step(busy, observed({ at: 100, load1: 0.9, usedBytes: 0 }));
    const restored = stateCodec.decode(JSON.parse(JSON.stringify(state)));
    expect(restored).toEqual({ _tag: 'Right', right: state });
    expect(isRight(SlidingMaxWindows.decode({ cpu: [] }))).toBe(false);
  });

  it('refuses rules that are not allowed', () => {
    expect(() => createSlidingMaxPolicy({ windowMs: -1 })).toThrow(
      new RangeError('options.windowMs is -1; allowed: a finite number >= 0'),
    );
  });
});
