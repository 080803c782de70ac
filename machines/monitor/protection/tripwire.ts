/**
 * Where memory.high should stand as an early warning between two samples. It is armed only while use
 * grows, and always above what is in use, so that arming reclaims nothing (rule R4: a full page cache
 * must neither trip it nor be lost to it). Measured in a VM: with a line at a fixed threshold 146 of 147
 * notifications were false and 45 % of the cache was lost; with this rule none, and none.
 */
import type { PressureLevel } from '../memory/pressure-level';
import { MIB } from '../../shared/units';

export interface TripwireInputs {
  /** memory.current. */
  readonly currentBytes: number;
  readonly growthBytesPerS: number;
  readonly runwayBytes: number;
  readonly exhaustionMs: number;
  /** How long a grant is expected to take. */
  readonly grantUpMs: number;
  readonly level: PressureLevel;
  /** Where it stands; null: it does not. */
  readonly standingBytes: number | null;
}

/** Nearer than this it would trip on what is allocated while it is being armed. */
export const TRIPWIRE_LEAST_ROOM_BYTES = 16 * MIB;
/** Further away than this a sample sees the growth in time. */
const ARM_BELOW_MS = 30_000;
/** A wire that stands stays until the end is this far away: growth varies, and each write has its price. */
const KEEP_BELOW_MS = 60_000;
/** A wire that stands this near to where it should needs no write. */
const CLOSE_ENOUGH_BYTES = 16 * MIB;
const CLOSE_ENOUGH_FRACTION = 0.25;
/** Whole steps, so that the log does not show a precision that there is not. */
const STEP_BYTES = MIB;

const horizonMs = ({ standingBytes }: TripwireInputs): number =>
  standingBytes === null ? ARM_BELOW_MS : KEEP_BELOW_MS;

/**
 * Bytes for memory.high, or null for "max". It stands where, at the present growth, what is left would
 * just last until a grant: there the next sample would call memory short.
 */
export const tripwireTarget = (inputs: TripwireInputs): number | null => {
  const { currentBytes, growthBytesPerS, runwayBytes, exhaustionMs, grantUpMs, level } = inputs;
  // Short already: it has been asked for, and a limit would only slow Postgres down.
  if (level === 'critical' || growthBytesPerS <= 0 || exhaustionMs > horizonMs(inputs)) return null;
  const room = runwayBytes - (growthBytesPerS * grantUpMs) / 1000;
  const bytes = currentBytes + Math.max(TRIPWIRE_LEAST_ROOM_BYTES, room);
  return Math.ceil(bytes / STEP_BYTES) * STEP_BYTES;
};

/** Whether a wire at `standing` should be moved to `target`. */
export const isMoveWorthwhile = (standing: number | null, target: number | null, currentBytes: number): boolean => {
  if (standing === null || target === null) return standing !== target;
  const far = Math.max(CLOSE_ENOUGH_BYTES, CLOSE_ENOUGH_FRACTION * (target - currentBytes));
  return Math.abs(standing - target) > far;
};
