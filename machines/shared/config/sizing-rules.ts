/** Bounds in whole compute units (rule R6), from the sizes that the user gave. */
import * as E from 'fp-ts/Either';
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

/** Whole units of each resource; of tied ones a single number, as `tied` says. */
const rounded = (
  { computeUnit: unit, independent }: SizeFlags,
  size: Size,
  round: typeof unitsUp,
  tied: (cpu: number, mem: number) => number,
): Size => {
  const [cpu, mem] = [round(size.cpu, unit.cpu), round(size.mem, unit.mem)];
  return independent ? unitsOf(unit, cpu, mem) : unitsOf(unit, tied(cpu, mem), tied(cpu, mem));
};

const written = (size: Size): string => `${size.cpu},${size.mem}`;

/** Left when no size lies within the bounds. */
export const sizingRules = (flags: SizeFlags): E.Either<BoundsClash, SizingRules> => {
  const { computeUnit: unit, independent } = flags;
  // The smallest must hold both resources, and neither may pass the largest.
  const min = rounded(flags, flags.minSize ?? unit, unitsUp, Math.max);
  const max = flags.maxSize === null ? null : rounded(flags, flags.maxSize, unitsDown, Math.min);
  if (exceeds(min, LARGEST_SIZE)) return E.left({ key: 'minSize', expected: `fewer units of ${written(unit)}` });
  if (max !== null && exceeds(unit, max)) {
    return E.left({ key: 'maxSize', expected: `at least one compute unit (${written(unit)})` });
  }
  if (max !== null && exceeds(min, max)) {
    const bounds = `the smallest is ${written(min)}, the largest ${written(max)}`;
    return E.left({ key: 'minSize', expected: `no more than the largest size; in whole units ${bounds}` });
  }
  return E.right({ unit, min, max, independent });
};
