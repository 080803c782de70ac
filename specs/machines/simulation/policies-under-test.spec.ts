/** The policies that are compared: what each decides on small traces, and golden numbers on a real one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTrace } from '../../../adapters/tools/simulate/read-trace';
import { POLICIES_UNDER_TEST } from '../../../machines/simulation/policies-under-test';
import { simulate } from '../../../machines/simulation/simulate';
import { evenTrace, options, recorder, type TraceShape } from '../../support/simulation';
import { rightOf } from '../../support/either';

/** [seconds, vCPUs] of each size. */
const sizesOf = (policy: string, shape: TraceShape, chosen = {}) => {
  const { sizes, observer } = recorder();
  simulate(evenTrace(shape), POLICIES_UNDER_TEST.get(policy)!, options(chosen), observer);
  return sizes;
};

describe('goal-cu', () => {
  it('goes by the metrics of each fifth second', () => {
    expect(sizesOf('goal-cu', { cpuCores: [1], intervalSeconds: 60 })).toEqual([
      [0, 4],
      [7, 1],
    ]);
  });

  it('asks for one unit more between them as soon as 85 % of the memory is in use', () => {
    const initial = { cpu: 1, mem: 4 * 2 ** 30 };
    const sizes = sizesOf('goal-cu', { memGib: [2.9, 3.5], intervalSeconds: 60 }, { initial });
    // 3.44 of 4 GiB at 69 s: one unit, 1.5 s later.
    expect(sizes).toEqual([
      [0, 1],
      [66.5, 1.25],
    ]);
  });
});

describe('reactive', () => {
  it('holds the most of ten minutes and a little more', () => {
    expect(sizesOf('reactive', { cpuCores: [2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] })).toEqual([
      [0, 4],
      [7, 2.25],
      [667, 1.25],
    ]);
  });
});

describe('oracle', () => {
  it('is there when the demand comes, and gone when it is over', () => {
    expect(sizesOf('oracle', { cpuCores: [1, 2, 1], intervalSeconds: 60 })).toEqual([
      [0, 4],
      [7, 1],
      [54.5, 2],
      [127, 1],
    ]);
  });

  it('is blind to noise', () => {
    const shape = { cpuCores: [1, 2, 1], intervalSeconds: 60 };
    expect(sizesOf('oracle', shape, { noise: { cv: 0.5, seed: 1 } })).toEqual(sizesOf('oracle', shape));
  });
});

describe('static-p99.5', () => {
  it('is the 99.5th percentile of the rows times 1.2, all the time', () => {
    const cpuCores = Array.from({ length: 1_000 }, (_, i) => (i < 4 ? 4 : 1));
    expect(sizesOf('static-p99.5', { cpuCores, intervalSeconds: 5 })).toEqual([
      [0, 4],
      [7, 1.25],
    ]);
  });
});

describe('vpa', () => {
  it('follows the 90th percentile, so rare peaks do not count and lasting ones do', () => {
    const hours = (count: number, cores: number) => Array.from({ length: count * 12 }, () => cores);
    const sizes = sizesOf('vpa', {
      cpuCores: [...hours(20, 0.8), ...hours(1, 2), ...hours(20, 0.8), ...hours(12, 2)],
      intervalSeconds: 300,
    });
    expect(sizes.slice(0, 2).map(([, cores]) => cores)).toEqual([4, 1]);
    // It sees no more than the size lets it use, so it grows by steps.
    expect(sizes[2]![0]).toBeGreaterThan(41 * 3_600);
    expect(sizes.at(-1)![1]).toBeGreaterThanOrEqual(2);
  });

  it('needs what it used: 0.8 cores × 1.15 in steps of its histogram', () => {
    expect(sizesOf('vpa', { cpuCores: [0.8, 0.8] }, { initial: { cpu: 1, mem: 2 ** 32 } })).toEqual([[0, 1]]);
  });
});

describe('usage rules', () => {
  const minutes = [2, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2];
  const chosen = { unit: { cpu: 1, mem: 2 ** 30 }, max: { cpu: 16, mem: 2 ** 34 }, beatMs: 60_000 };

  it.each([
    ['usage-x2', 6, 4],
    ['usage+2', 5, 4],
  ])('%s goes by the most of 20 minutes, every ten', (policy, high, low) => {
    const sizes = sizesOf(
      policy,
      { cpuCores: minutes, capacity: null },
      { ...chosen, initial: { cpu: 14, mem: 14 * 2 ** 30 } },
    );
    expect(sizes.map(([, cores]) => cores)).toEqual([14, 4, high, low].filter((cores, i, all) => cores !== all[i - 1]));
  });
});

describe('half a day of a real database server', () => {
  const text = readFileSync(join(__dirname, '../../traces/nab_rds_half_day.csv'), 'utf8');
  const trace = rightOf(parseTrace('nab_rds_half_day', text));

  it.each<[string, cv: number, short: number, allocated: number, used: number, resizes: number]>([
    ['headroom', 0, 0.0, 15299.0, 10607.2, 54],
    ['headroom', 0.2, 0.0, 22776.1, 10640.5, 7],
    ['goal-cu', 0, 33.8, 11768.3, 10607.2, 509],
    ['goal-cu', 0.2, 739.4, 14400.8, 10640.5, 1009],
    ['sliding-max', 0, 0.0, 21580.5, 10607.2, 5],
    ['sliding-max', 0.2, 2.6, 21158.4, 10640.5, 99],
    ['static-p99.5', 0, 0.0, 21624.5, 10607.2, 1],
    ['static-p99.5', 0.2, 0.0, 21624.5, 10640.5, 1],
    ['vpa', 0, 0.0, 21624.5, 10607.2, 1],
    ['vpa', 0.2, 0.0, 21624.5, 10640.5, 1],
    ['reactive', 0, 0.0, 19240.3, 10607.2, 29],
    ['reactive', 0.2, 0.0, 22918.6, 10640.5, 15],
    ['oracle', 0, 0.0, 13826.3, 10607.2, 50],
    ['oracle', 0.2, 16248.3, 13826.3, 10640.5, 50],
  ])('%s at cv %d: %d core-s short, %d allocated, %d used, %d resizes', (name, cv, short, allocated, used, resizes) => {
    const measures = simulate(trace, POLICIES_UNDER_TEST.get(name)!, options({ noise: { cv, seed: 1 } }));
    expect(measures.cpuShortCoreSeconds).toBeCloseTo(short, 1);
    expect(measures.allocatedCoreSeconds).toBeCloseTo(allocated, 0);
    expect(measures.usedCoreSeconds).toBeCloseTo(used, 0);
    expect(measures.resizes).toBe(resizes);
  });
});
