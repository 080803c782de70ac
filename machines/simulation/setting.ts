/** The rules of one run. */
import type { Size } from '../shared/events/size';
import { toWholeUnits, unitsOf, type SizingRules } from '../shared/sizing';
import { SECOND_MS } from '../shared/units';
import type { NoiseOptions } from './noise';
import { capacityUnits, type Trace } from './trace';
import type { GrantRules } from './requests';

export interface SimulationOptions {
  readonly noise: NoiseOptions;
  /** Time between two looks of the policy: divides a second, or is a multiple of it. */
  readonly beatMs: number;
  readonly grants: GrantRules;
  readonly unit: Size;
  /** Bounds; null: from one unit to what holds the trace's capacity. */
  readonly min: Size | null;
  readonly max: Size | null;
  /** null: the largest. */
  readonly initial: Size | null;
}

export const SIMULATION_DEFAULTS: SimulationOptions = {
  noise: { cv: 0, seed: 1 },
  beatMs: SECOND_MS,
  grants: { upMs: 1_500, downMs: 6_000, denyRate: 0, lossRate: 0 },
  unit: { cpu: 0.25, mem: 2 ** 30 },
  min: null,
  max: null,
  initial: null,
};

export interface Bounds {
  readonly rules: SizingRules;
  readonly max: Size;
  readonly initialUnits: number;
}

/** How many units a tied size has. */
export const unitsIn = (unit: Size, size: Size): number => Math.round(size.mem / unit.mem);

/** Throws RangeError when the smallest size exceeds the largest. */
export const boundsFor = (trace: Trace, { unit, min, max, initial }: SimulationOptions): Bounds => {
  const unbounded: SizingRules = { unit, min: unit, max: null, independent: false };
  const least = min === null ? unit : toWholeUnits(unbounded, min);
  const capacity = capacityUnits(trace, unit);
  const most =
    max === null ? unitsOf(unit, capacity, capacity) : toWholeUnits({ ...unbounded, max }, { cpu: Infinity, mem: 0 });
  if (least.mem > most.mem) {
    throw new RangeError(`${trace.name}: the smallest size is larger than the largest, ${unitsIn(unit, most)} units`);
  }
  const rules = { ...unbounded, min: least, max: most };
  return { rules, max: most, initialUnits: unitsIn(unit, toWholeUnits(rules, initial ?? most)) };
};
