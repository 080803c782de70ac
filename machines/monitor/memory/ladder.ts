/**
 * What must be left of a size, rung by rung (rule R5): the one table that the policy, the answer to a DownscaleRequest, the
 * pressure level and the escalation go by. Each rung is a share of one margin, so that they keep their order at every
 * size: what is recommended is always approved, what is approved is not elevated, and nobody is throttled who is not critical.
 *
 * "Left" is size − the kernel's share − use: MemAvailable, where nothing else binds.
 */
import { MIB } from '../../shared/units';

/** Rule R5's margin: max(100 MiB, 2 % of the size). */
const MARGIN_LEAST_BYTES = 100 * MIB;
const MARGIN_FRACTION = 0.02;

/** By rung, from the first to the last: the share of the margin that is left there. */
export const LADDER = {
  /** The policy recommends sizes with so much left: half a margin of room for use that varies. */
  recommended: 1.25,
  /** A shrink is approved down to here. */
  approved: 1,
  /** Less is watched more closely. */
  elevated: 0.9,
  /**
   * Less is short of memory: 80 MiB of a small VM. Some 40 MiB of it are program text of ours that memory.min keeps (the OOM
   * killer of a VM of 1 GiB struck at a MemAvailable of 42 MiB), the rest is for what happens between two samples.
   */
  critical: 0.8,
  /** With less the fastest-growing backends are throttled … */
  throttle: 0.7,
  /** … and with less a statement is cancelled. From 57 MiB on, every process of a VM of 512 MiB waited for reclaim. */
  cancel: 0.64,
} as const;

export type Rung = keyof typeof LADDER;

/** Bytes that are left of a size at a rung. */
export const leftAt = (rung: Rung, sizeBytes: number): number =>
  LADDER[rung] * Math.max(MARGIN_LEAST_BYTES, MARGIN_FRACTION * sizeBytes);

/** The smallest size that holds so much, the kernel's share in it, and leaves what the rung asks for. */
export const sizeHolding = (rung: Rung, bytes: number): number =>
  Math.max(bytes + LADDER[rung] * MARGIN_LEAST_BYTES, bytes / (1 - LADDER[rung] * MARGIN_FRACTION));
