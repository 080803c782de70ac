/**
 * Rule R12: nothing is requested away before the windows are full, nor what nobody can measure. Rule R6 stands
 * above it: whatever is decided is whole units within the bounds.
 */
import type { Size } from '../../shared/events/size';
import { formatSize } from '../../shared/format';
import type { Recommendation } from '../policies/policy';
import { exceeds, larger, sameSize, toWholeUnits, type SizingRules } from '../../shared/sizing';
import { MIB } from '../../shared/units';

/** What must not be requested away yet: all of it before the windows are full, else only what nobody can measure. */
const retainedSize = (recommendation: Recommendation, granted: Size, windowFull: boolean): Size =>
  windowFull
    ? { cpu: recommendation.cpu === null ? granted.cpu : 0, mem: recommendation.memBytes === null ? granted.mem : 0 }
    : granted;

export interface NotHasty {
  /** In whole units within the bounds. */
  readonly size: Size;
  /** Why it is larger than what is wanted, or not to be requested; null: it is just what is wanted. */
  readonly because: string | null;
  /**
   * It is not to be requested: the bounds lie below what must stay for now, or no whole number of units holds it,
   * so that a request would take something away, or ask for more of the other resource than anybody needs.
   */
  readonly withheld: boolean;
}

/** Beside a unit's CPU, the memory that would make the granted size whole units; nothing where that is no size. */
const fittingUnit = ({ unit }: SizingRules, granted: Size): string => {
  const mem = Math.floor((granted.mem * unit.cpu) / granted.cpu);
  return mem >= MIB && mem <= granted.mem ? ` (of ${formatSize({ cpu: unit.cpu, mem })} it would be)` : '';
};

const misfitText = (bounds: SizingRules, granted: Size): string =>
  `the VM's ${formatSize(granted)} are no whole units of ${formatSize(bounds.unit)}${fittingUnit(bounds, granted)}, so nothing is requested`;

/**
 * @param wanted raw: what is needed now, with all floors
 * @param granted null: not known yet
 */
export const notHasty = (
  bounds: SizingRules,
  wanted: Size,
  recommendation: Recommendation,
  granted: Size | null,
  windowFull: boolean,
): NotHasty => {
  const rounded = toWholeUnits(bounds, wanted);
  if (granted === null) return { size: rounded, because: null, withheld: false };
  const lacks = exceeds(larger(wanted, bounds.min), granted);
  /** More of one resource only because the other one comes with it. */
  const isMisfit = (size: Size): boolean => !lacks && exceeds(size, granted);
  const misfit = isMisfit(rounded) ? misfitText(bounds, granted) : null;
  const retained = retainedSize(recommendation, granted, windowFull);
  if (!exceeds(retained, rounded)) return { size: rounded, because: misfit, withheld: misfit !== null };
  const reason = windowFull ? 'a signal is missing, so not smaller' : 'not smaller before the windows are full';
  const whole = toWholeUnits(bounds, larger(rounded, retained));
  if (isMisfit(whole)) return { size: rounded, because: `${reason}: ${misfitText(bounds, granted)}`, withheld: true };
  const because = sameSize(whole, rounded) ? null : reason;
  return { size: whole, because, withheld: !lacks && exceeds(retained, whole) };
};
