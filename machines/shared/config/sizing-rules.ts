/** Bounds in whole compute units (rule R6), from the sizes that the user gave. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { LARGEST_SIZE, type Size } from '../events/size';
import { exceeds, unitsDown, unitsOf, unitsUp, type SizingRules } from '../sizing';

/** A bound that is fine alone but not with the others. */
export interface BoundsClash {
  readonly key: 'minSize' | 'maxSize';
  readonly expected: string;
}

export interface SizeFlags {
  readonly computeUnit: Size;
  readonly independent: boolean;
  readonly minSize: Size | null;
  readonly maxSize: Size | null;
}

/** Tied units: a size must hold both resources, so the larger number counts. */
const roundedUp = ({ computeUnit, independent }: SizeFlags, size: Size): Size => {
  const cpu = unitsUp(size.cpu, computeUnit.cpu);
  const mem = unitsUp(size.mem, computeUnit.mem);
  return independent ? unitsOf(computeUnit, cpu, mem) : unitsOf(computeUnit, Math.max(cpu, mem), Math.max(cpu, mem));
};

/** Tied units: neither resource may pass the bound, so the smaller number counts. */
const roundedDown = ({ computeUnit, independent }: SizeFlags, size: Size): Size => {
  const cpu = unitsDown(size.cpu, computeUnit.cpu);
  const mem = unitsDown(size.mem, computeUnit.mem);
  return independent ? unitsOf(computeUnit, cpu, mem) : unitsOf(computeUnit, Math.min(cpu, mem), Math.min(cpu, mem));
};

const written = (size: Size): string => `${size.cpu},${size.mem}`;

/** Left when no size lies within the bounds. */
export const sizingRules = (flags: SizeFlags): Either<BoundsClash, SizingRules> => {
  const { computeUnit: unit, independent } = flags;
  const min = roundedUp(flags, flags.minSize ?? unit);
  const max = flags.maxSize === null ? null : roundedDown(flags, flags.maxSize);
  if (exceeds(min, LARGEST_SIZE)) {
    return E.left({ key: 'minSize', expected: `fewer units of ${written(unit)}` });
  }
  if (max !== null && exceeds(unit, max)) {
    return E.left({ key: 'maxSize', expected: `at least one compute unit (${written(unit)})` });
  }
  if (max !== null && exceeds(min, max)) {
    const bounds = `the smallest is ${written(min)}, the largest ${written(max)}`;
    return E.left({ key: 'minSize', expected: `no more than the largest size; in whole units ${bounds}` });
  }
  return E.right({ unit, min, max, independent });
};
