import { SLIDING_MAX_DEFAULTS, type SlidingMaxRules } from '../../../../../machines/monitor/policies/sliding-max/rules';
import {
  NO_WINDOWS,
  observeSample,
  type SlidingMaxWindows,
} from '../../../../../machines/monitor/policies/sliding-max/windows';
import { maxOf } from '../../../../../machines/monitor/policies/window-max';
import { MIB } from '../../../../../machines/shared/units';
import { deepFreeze } from '../../../../support/deep-freeze';

/** 0.225 of load ask for exactly one quantum of CPU (0.225 / 0.9 = 0.25), 384 MiB of use for one of memory. */
const ONE_CPU = 0.225;
const ONE_MEM = 384 * MIB;

const observe = (load1: number | null, usedMemBytes: number | null, rules: SlidingMaxRules): SlidingMaxWindows =>
  observeSample(rules, deepFreeze(NO_WINDOWS), { at: 0, load1, usedMemBytes });

const cpuOf = (load1: number, rules = SLIDING_MAX_DEFAULTS): number => maxOf(observe(load1, 0, rules).cpu);
const memOf = (used: number, rules = SLIDING_MAX_DEFAULTS): number => maxOf(observe(0, used, rules).mem);

describe('target of a sample', () => {
  it.each([
    [0, 0],
    [0.01, 0.25],
    [ONE_CPU, 0.25],
    [0.226, 0.5], // 0.2511
    [0.9, 1],
    [1.8, 2],
    [2.7, 3],
    [4.32, 5], // 4.8
  ])('load %d asks for %d vCPU', (load1, cpu) => {
    expect(cpuOf(load1)).toBe(cpu);
  });

  it('does not take the noise of binary fractions for need', () => {
    const tenths = { ...SLIDING_MAX_DEFAULTS, cpuQuantum: 0.1, loadAverageFractionTarget: 0.6 };
    expect(2.22 / 0.6 / 0.1).toBeGreaterThan(37); // 37.00000000000001
    expect(cpuOf(2.22, tenths)).toBe(3.7);
    expect(cpuOf(2.2201, tenths)).toBe(3.8);
  });

  it.each([
    [0, 0],
    [1, 512 * MIB], // trunc(1.33) = 1 byte
    [0.5, 0], // trunc(0.67) = 0 bytes
    [ONE_MEM, 512 * MIB],
    [ONE_MEM + 0.5, 512 * MIB], // 512 MiB + 0.67 bytes, cut off
    [ONE_MEM + 1, 1024 * MIB], // 512 MiB + 1.33 bytes: a byte above the multiple
    [1536 * MIB, 2048 * MIB],
  ])('%d bytes in use ask for %d bytes', (used, mem) => {
    expect(memOf(used)).toBe(mem);
  });

  it('counts a single byte above a large quantum too', () => {
    const large = { ...SLIDING_MAX_DEFAULTS, memQuantumBytes: 4096 * MIB, memoryUsageFractionTarget: 1 };
    expect(memOf(4096 * MIB, large)).toBe(4096 * MIB);
    expect(memOf(4096 * MIB + 1, large)).toBe(8192 * MIB);
  });
});

describe('a reading that is missing', () => {
  it('leaves its window as it is', () => {
    expect(observe(null, ONE_MEM, SLIDING_MAX_DEFAULTS)).toEqual({ cpu: [], mem: [{ at: 0, value: 512 * MIB }] });
    expect(observe(ONE_CPU, null, SLIDING_MAX_DEFAULTS)).toEqual({ cpu: [{ at: 0, value: 0.25 }], mem: [] });
  });
});
