/** Configuration of the sliding maximum. */
import { NOT_NEGATIVE, POSITIVE, atLeast, integerFrom, requireFields, type Allowed } from '../../../shared/check';
import { MIB, MINUTE_MS } from '../../../shared/units';

export interface SlidingMaxRules {
  /** Step of CPU targets in vCPUs; at least a thousandth, the finest CPU that agents know. */
  readonly cpuQuantum: number;
  /** Step of memory targets. */
  readonly memQuantumBytes: number;
  /** Each target is the highest of this time. A sample of exactly this age counts. */
  readonly windowMs: number;
  /** Load average per vCPU that is aimed at; > 0. */
  readonly loadAverageFractionTarget: number;
  /** Share of memory in use that is aimed at; > 0. */
  readonly memoryUsageFractionTarget: number;
}

/** The constants of the draft in neondatabase/neon's vm_monitor (2024). */
export const SLIDING_MAX_DEFAULTS: SlidingMaxRules = {
  cpuQuantum: 0.25,
  memQuantumBytes: 512 * MIB,
  windowMs: MINUTE_MS,
  loadAverageFractionTarget: 0.9,
  memoryUsageFractionTarget: 0.75,
};

const ALLOWED: Readonly<Record<keyof SlidingMaxRules, Allowed>> = {
  cpuQuantum: atLeast(0.001),
  memQuantumBytes: integerFrom(1),
  windowMs: NOT_NEGATIVE,
  loadAverageFractionTarget: POSITIVE,
  memoryUsageFractionTarget: POSITIVE,
};

/** Throws RangeError for a value that is not allowed. */
export const requireSlidingMaxRules = (rules: SlidingMaxRules): void => {
  requireFields('options', rules, ALLOWED);
};
