import type { GoalCuConfig } from '../../../../../machines/shared/goal-cu/config';
import {
  goalComputeUnits,
  type GoalCuInput,
  type GoalCuResult,
  type SystemMetrics,
} from '../../../../../machines/shared/goal-cu/formula';
import { GIB, MIB } from '../../../../../machines/shared/units';

const IDLE: SystemMetrics = { loadAverage1Min: 0, loadAverage5Min: 0, memoryUsageBytes: 0, memoryCachedBytes: 0 };

const INPUT: GoalCuInput = {
  config: {},
  computeUnit: { vcpu: 0.25, memBytes: GIB },
  system: IDLE,
  lfc: null,
};

const ofSystem = (system: Partial<SystemMetrics>, config: Partial<GoalCuConfig> = {}): GoalCuResult =>
  goalComputeUnits({ ...INPUT, config, system: { ...IDLE, ...system } });

describe('goal by CPU', () => {
  /** load / 0.9 / 0.25 */
  it.each([
    [0, 0, 0],
    [0.315, 1.4, 1], // 1.4 units round to 1
    [0.3375, 1.5, 2], // a half rounds away from zero
    [0.9, 4, 4],
    [20_000, 88_888.889, 88_889], // beyond 16 bits
  ])('load %d asks for %d units: goal %d', (load, cpu, goalCU) => {
    const result = ofSystem({ loadAverage1Min: load, loadAverage5Min: load });
    expect(result.parts.cpu).toBeCloseTo(cpu, 3);
    expect(result.goalCU).toBe(goalCU);
  });

  /** Of load5 = 1 the calm zone reaches to 0.25 and the mixed zone to 0.75. */
  const ZONES = { cpuStableZoneRatio: 0.25, cpuMixedZoneRatio: 0.5 };
  const half = 0.25 / (0.5 + 1e-6); // the weight of load1 in the middle of the mixed zone, just below 0.5

  it.each<[string, Partial<GoalCuConfig>, load1: number, load5: number, load: number]>([
    ['default zones: load1 counts', {}, 2, 1, 2],
    ['default zones, falling: load1 counts', {}, 1, 2, 1],
    ['calm zone: load5 counts', ZONES, 1.125, 1, 1],
    ['the calm zone includes its edge', ZONES, 1.25, 1, 1],
    ['in the mixed zone both count', ZONES, 1.5, 1, half * 1.5 + (1 - half) * 1],
    ['in the mixed zone below load5', ZONES, 0.5, 1, half * 0.5 + (1 - half) * 1],
    ['beyond the mixed zone load1 counts, its edge included', ZONES, 1.75, 1, 1.75],
    ['far beyond', ZONES, 9, 1, 9],
    ['without a mixed zone the edge is calm', { cpuStableZoneRatio: 0.25 }, 1.25, 1, 1],
    ['without a mixed zone load1 takes over at once', { cpuStableZoneRatio: 0.25 }, 1.5, 1, 1.5],
    ['zones of a load5 of 0 are empty', ZONES, 0.5, 0, 0.5],
  ])('%s', (_what, zones, load1, load5, load) => {
    const result = ofSystem({ loadAverage1Min: load1, loadAverage5Min: load5 }, zones);
    expect(result.parts.cpu).toBe(load / 0.9 / 0.25);
  });
});

describe('goal by memory use', () => {
  it.each([
    [0, 0, 0],
    [768 * MIB, 1, 1], // 768 / 0.75 = 1024 MiB: exactly a unit
    [768 * MIB + 1, 1 + 1 / GIB, 2], // 1024 MiB + 1.33 bytes, rounded to 1: a unit more
    [768 * MIB + 0.25, 1, 1], // 1024 MiB + 0.33 bytes: rounded off
    [1.5 * GIB, 2, 2],
    [1.6 * GIB, 1.6 / 0.75, 3], // 2.13: memory is rounded up, not to the nearest
  ])('%d bytes in use ask for %d units: goal %d', (memoryUsageBytes, mem, goalCU) => {
    const result = ofSystem({ memoryUsageBytes });
    expect(result.parts.mem).toBeCloseTo(mem, 9);
    expect(result.goalCU).toBe(goalCU);
  });

  it('takes the largest part', () => {
    const result = ofSystem({ loadAverage1Min: 1.8, memoryUsageBytes: 1.5 * GIB });
    expect(result).toEqual({ goalCU: 8, parts: { cpu: 8, mem: 2 }, hasAllMetrics: true });
  });

  it('does not count page cache without a working set', () => {
    expect(ofSystem({ memoryCachedBytes: 64 * GIB }).goalCU).toBe(0);
  });
});

describe('metrics that are missing', () => {
  const lfc = { approximateWorkingSetSizeBuckets: Array.from({ length: 9 }, () => (1.5 * GIB) / 8192) };

  it('give no part, and 0 when all are missing', () => {
    expect(goalComputeUnits({ ...INPUT, system: null })).toEqual({ goalCU: 0, parts: {}, hasAllMetrics: false });
  });

  it('leave the goal to the file cache alone', () => {
    // 1.5 GiB / 0.75
    const config = { enableLFCMetrics: true };
    const result = goalComputeUnits({ ...INPUT, config, system: null, lfc });
    expect(result).toEqual({ goalCU: 2, parts: { lfc: 2 }, hasAllMetrics: false });
  });

  it.each([
    [false, null, true],
    [false, lfc, true],
    [true, null, false],
    [true, lfc, true],
  ])('file cache enabled %s, metrics %j: all there %s', (enableLFCMetrics, present, all) => {
    expect(goalComputeUnits({ ...INPUT, config: { enableLFCMetrics }, lfc: present }).hasAllMetrics).toBe(all);
  });

  it('count file cache metrics that are left over after it was disabled', () => {
    expect(goalComputeUnits({ ...INPUT, lfc }).parts.lfc).toBe(2);
  });
});

describe('bad arguments', () => {
  it.each<[string, Partial<GoalCuInput>, string]>([
    ['config', { config: { loadAverageFractionTarget: 0 } }, 'config.loadAverageFractionTarget is 0'],
    ['unit without CPU', { computeUnit: { vcpu: 0, memBytes: GIB } }, 'computeUnit.vcpu is 0'],
    ['unit without memory', { computeUnit: { vcpu: 1, memBytes: NaN } }, 'computeUnit.memBytes is NaN'],
    ['negative load', { system: { ...IDLE, loadAverage1Min: -1 } }, 'system.loadAverage1Min is -1'],
    ['unknown load', { system: { ...IDLE, loadAverage5Min: NaN } }, 'system.loadAverage5Min is NaN'],
    ['negative use', { system: { ...IDLE, memoryUsageBytes: -1 } }, 'system.memoryUsageBytes is -1'],
    ['endless cache', { system: { ...IDLE, memoryCachedBytes: Infinity } }, 'system.memoryCachedBytes is Infinity'],
    [
      'a gap in the working set',
      { lfc: { approximateWorkingSetSizeBuckets: [1, NaN, 3] } },
      'lfc.approximateWorkingSetSizeBuckets[1] is NaN',
    ],
    [
      'a negative working set',
      { lfc: { approximateWorkingSetSizeBuckets: [-1] } },
      'lfc.approximateWorkingSetSizeBuckets[0] is -1',
    ],
  ])('%s: RangeError', (_what, wrong, message) => {
    const call = (): GoalCuResult => goalComputeUnits({ ...INPUT, ...wrong });
    expect(call).toThrow(RangeError);
    expect(call).toThrow(message);
  });
});
