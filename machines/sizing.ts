/** From raw need to a size that may be wished: whole compute units within the bounds (rule R6). */
import type { Size } from './events/size.codec';

export interface SizingRules {
  /** One compute unit. */
  readonly unit: Size;
  /** Smallest size, in whole units. */
  readonly min: Size;
  /** Largest size, in whole units; null when only the agent knows. */
  readonly max: Size | null;
  /** CPU and memory move in their own steps instead of together. */
  readonly independent: boolean;
}

/** Guards against 0.30000000000000004 / 0.1 costing a whole unit. */
const UNIT_TOLERANCE = 1e-9;

export const unitsUp = (amount: number, step: number): number => Math.ceil(amount / step - UNIT_TOLERANCE);
export const unitsDown = (amount: number, step: number): number => Math.floor(amount / step + UNIT_TOLERANCE);

/** n compute units as a size; CPU is rounded to a millionth against binary fractions. */
export const unitsOf = (unit: Size, cpuUnits: number, memUnits: number): Size => ({
  cpu: Math.round(cpuUnits * unit.cpu * 1e6) / 1e6,
  mem: memUnits * unit.mem,
});

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** Rounds a raw size up to whole units (tied or independent) and clamps it to the bounds. */
export const toWholeUnits = (rules: SizingRules, raw: Size): Size => {
  const cpuUnits = unitsUp(raw.cpu, rules.unit.cpu);
  const memUnits = unitsUp(raw.mem, rules.unit.mem);
  const tied = Math.max(cpuUnits, memUnits);
  const [cpu, mem] = rules.independent ? [cpuUnits, memUnits] : [tied, tied];
  const max = rules.max ?? { cpu: Infinity, mem: Infinity };
  return unitsOf(
    rules.unit,
    clamp(cpu, unitsUp(rules.min.cpu, rules.unit.cpu), unitsDown(max.cpu, rules.unit.cpu)),
    clamp(mem, unitsUp(rules.min.mem, rules.unit.mem), unitsDown(max.mem, rules.unit.mem)),
  );
};

/** The larger of each resource. */
export const larger = (a: Size, b: Size): Size => ({ cpu: Math.max(a.cpu, b.cpu), mem: Math.max(a.mem, b.mem) });

export const sameSize = (a: Size, b: Size): boolean => a.cpu === b.cpu && a.mem === b.mem;

/** True when `a` asks for more than `b` in at least one resource. */
export const exceeds = (a: Size, b: Size): boolean => a.cpu > b.cpu || a.mem > b.mem;
