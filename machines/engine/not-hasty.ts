/** Rule R12: nothing is wished away before the windows are full, nor what nobody can measure. */
import type { Size } from '../events/size.codec';
import type { Need } from '../policies/policy';
import { exceeds, larger, toWholeUnits, type SizingRules } from '../sizing';

const NOTHING: Size = { cpu: 0, mem: 0 };

/** What must not be wished away yet: all of it before the windows are full, else only what nobody can measure. */
const heldSize = (need: Need, granted: Size | null, windowFull: boolean): Size => {
  if (granted === null) return NOTHING;
  if (!windowFull) return granted;
  return { cpu: need.cpu === null ? granted.cpu : 0, mem: need.memBytes === null ? granted.mem : 0 };
};

/**
 * The held size in whole units. If nothing is needed beyond the granted size and rounding would go
 * beyond it, that stays as it is, even if it is no whole number of units.
 */
const holdAt = (bounds: SizingRules, rounded: Size, held: Size, granted: Size | null): Size => {
  const whole = toWholeUnits(bounds, larger(rounded, held));
  const stays = granted !== null && !exceeds(rounded, granted) && exceeds(whole, granted);
  return stays ? granted : larger(whole, held);
};

/** `rounded`: the need in whole units within the bounds. */
export const notHasty = (
  bounds: SizingRules,
  rounded: Size,
  need: Need,
  granted: Size | null,
  windowFull: boolean,
): { readonly size: Size; readonly isHeld: boolean } => {
  const held = heldSize(need, granted, windowFull);
  const isHeld = exceeds(held, rounded);
  return { size: isHeld ? holdAt(bounds, rounded, held, granted) : rounded, isHeld };
};
