/**
 * The reducer under the draft's requests and the policy: each sample becomes a target per
 * resource, rounded up to its quantum; what counts is the highest target of the window, for CPU
 * and memory apart. Rounding first keeps the windows to a few entries.
 */
import * as t from 'io-ts';
import { unitsUp } from '../../../shared/sizing';
import { EMPTY_WINDOW, MaxWindow, pushMax } from '../window-max';
import type { SlidingMaxRules } from './rules';

/** Targets in vCPUs and bytes. */
export const SlidingMaxWindows = t.readonly(t.type({ cpu: MaxWindow, mem: MaxWindow }));
export type SlidingMaxWindows = t.TypeOf<typeof SlidingMaxWindows>;

/** Empty windows have a maximum of 0, with which the draft begins. */
export const NO_WINDOWS: SlidingMaxWindows = { cpu: EMPTY_WINDOW, mem: EMPTY_WINDOW };

export interface LoadSample {
  /** Monotonic ms. */
  readonly at: number;
  /** Load average of one minute; null when missing: its window is left as it is. */
  readonly load1: number | null;
  /** MemTotal - MemAvailable; null when missing. */
  readonly usedMemBytes: number | null;
}

export const observeSample = (
  rules: SlidingMaxRules,
  windows: SlidingMaxWindows,
  { at, load1, usedMemBytes }: LoadSample,
): SlidingMaxWindows => ({
  cpu: load1 === null ? windows.cpu : pushMax(windows.cpu, at, cpuTarget(rules, load1), rules.windowMs),
  mem: usedMemBytes === null ? windows.mem : pushMax(windows.mem, at, memTarget(rules, usedMemBytes), rules.windowMs),
});

/** The result is rounded to a millionth, so that 3 x 0.1 is 0.3; + 0 turns -0 into 0. */
const cpuTarget = (rules: SlidingMaxRules, load1: number): number => {
  const quanta = unitsUp(load1 / rules.loadAverageFractionTarget, rules.cpuQuantum);
  return Math.round(quanta * rules.cpuQuantum * 1e6) / 1e6 + 0;
};

/** Whole bytes divide without noise, so a single byte above a multiple costs a quantum. */
const memTarget = (rules: SlidingMaxRules, usedMemBytes: number): number => {
  const bytes = Math.trunc(usedMemBytes / rules.memoryUsageFractionTarget);
  return Math.ceil(bytes / rules.memQuantumBytes) * rules.memQuantumBytes;
};
