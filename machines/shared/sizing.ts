/** From a raw recommendation to a size that may be requested: whole compute units within the bounds (rule R6). */
import { LARGEST_SIZE, type Size } from './events/size';

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

interface Units {
  readonly cpu: number;
  readonly mem: number;
}

const both = (units: number): Units => ({ cpu: units, mem: units });

/** The same number of units of each resource: none below its minimum, none above its maximum. */
const tie = (wanted: Units, low: Units, high: Units): Units =>
  both(clamp(Math.max(wanted.cpu, wanted.mem), Math.max(low.cpu, low.mem), Math.min(high.cpu, high.mem)));

const untied = (wanted: Units, low: Units, high: Units): Units => ({
  cpu: clamp(wanted.cpu, low.cpu, high.cpu),
  mem: clamp(wanted.mem, low.mem, high.mem),
});

/** Rounds a raw size up to whole units (tied or independent) and clamps it to the bounds. */
export const toWholeUnits = ({ unit, min, max, independent }: SizingRules, raw: Size): Size => {
  const up = (size: Size): Units => ({ cpu: unitsUp(size.cpu, unit.cpu), mem: unitsUp(size.mem, unit.mem) });
  const down = (size: Size): Units => ({ cpu: unitsDown(size.cpu, unit.cpu), mem: unitsDown(size.mem, unit.mem) });
  const bounded = independent ? untied : tie;
  const units = bounded(up(raw), up(min), down(max ?? LARGEST_SIZE));
  return unitsOf(unit, units.cpu, units.mem);
};

/** The larger of each resource. */
export const larger = (a: Size, b: Size): Size => ({ cpu: Math.max(a.cpu, b.cpu), mem: Math.max(a.mem, b.mem) });

export const sameSize = (a: Size, b: Size): boolean => a.cpu === b.cpu && a.mem === b.mem;

/** True when `a` asks for more than `b` in at least one resource. */
export const exceeds = (a: Size, b: Size): boolean => a.cpu > b.cpu || a.mem > b.mem;
