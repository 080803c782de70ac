/**
 * How near Postgres is to the OOM killer when demand outruns the grant, in the order in which the actuators
 * may act: throttle the fastest-growing backends, cap shared memory, cancel a statement. Asking for a larger size
 * comes before all of it, and goes on meanwhile (machines/monitor/engine/assess.ts).
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import { MIB, SECOND_MS } from '../../shared/units';

export const Escalation = t.keyof({ none: null, throttle: null, shmCap: null, cancel: null });
export type Escalation = t.TypeOf<typeof Escalation>;

export interface EscalationInputs {
  readonly runwayBytes: number;
  readonly sizeBytes: number;
  readonly exhaustionMs: number;
  /** What the runway keeps back. */
  readonly reserveBytes: number;
  readonly growthBytesPerS: number;
  /** Growth of /dev/shm and other shared memory: what a cap on it could refuse. */
  readonly sharedGrowthBytesPerS: number;
  /** Until the grant that was asked for is expected; Infinity when none can be (no agent, denied, at the largest size). */
  readonly grantDueMs: number;
  /** No larger size will come: the largest is reached, or the host denied it. */
  readonly isFinal: boolean;
  /** The fastest-growing backends are throttled at this moment, or about to be. */
  readonly isThrottled: boolean;
}

export const EscalationState = t.readonly(
  t.type({
    level: Escalation,
    /** The runway that ends the escalation; 0 while there is none. */
    reliefBytes: finite,
  }),
);
export type EscalationState = t.TypeOf<typeof EscalationState>;

export const NO_ESCALATION: EscalationState = { level: 'none', reliefBytes: 0 };

/** The fastest-growing backends are found and moved within 0.2 s; the rest is for late samples. Sooner would spend the throttle time before it is needed. */
const HOLD_BELOW_MS = SECOND_MS;
/** A grant that is due just before the end may be late by this much. */
const LATE_GRANT_MS = 250;
const REFUSE_BELOW_MS = 500;
/** To find the statement takes 0.1 s, to have its memory back 0.3 s, each more on a machine that is busy. */
const CANCEL_BELOW_MS = 200;
/**
 * The reserve must be about to end as well: where the use of a full VM only varies, by a MiB or so from sample to sample,
 * the runway alone would have a process throttled for ever, and a statement cancelled each second.
 */
const HOLD_RESERVE_MS = 3 * SECOND_MS;
const CANCEL_RESERVE_MS = 2 * SECOND_MS;
/**
 * So much of the reserve cannot be had: program text of ours, and the kernel's own watermarks. Once it is touched every
 * process waits for reclaim, ours too (in a VM of 512 MiB from a MemAvailable of 57 MiB on), or the kernel kills.
 */
const KERNEL_FRACTION = 0.5;
const KERNEL_LEAST_BYTES = 64 * MIB;
/** What must be free before the fastest-growing backends are released: two seconds of their growth, and something for the others. */
const RELIEF_MS = 2 * SECOND_MS;
const RELIEF_LEAST_BYTES = 64 * MIB;
/** A burst measured over 100 ms must not make relief unreachable, nor a grant of one unit too little. */
const RELIEF_MOST_BYTES = 1024 * MIB;
const RELIEF_MOST_FRACTION = 0.125;

const RANK: Readonly<Record<Escalation, number>> = { none: 0, throttle: 1, shmCap: 2, cancel: 3 };

/** Whether `level` is at least `stage`. */
export const reaches = (escalation: Escalation, stage: Escalation): boolean => RANK[escalation] >= RANK[stage];

/** Until there is nothing left that the kernel would give; without growth never. */
const reserveMs = ({ runwayBytes, reserveBytes, growthBytesPerS }: EscalationInputs): number => {
  const kernelBytes = Math.max(KERNEL_LEAST_BYTES, KERNEL_FRACTION * reserveBytes);
  const leftBytes = Math.max(0, runwayBytes + reserveBytes - kernelBytes);
  return growthBytesPerS <= 0 ? Infinity : (leftBytes * 1000) / growthBytesPerS;
};

/** The level of one look alone. Without growth nothing is about to run out. */
const judge = (inputs: EscalationInputs): Escalation => {
  const { exhaustionMs, grantDueMs, sharedGrowthBytesPerS, isFinal } = inputs;
  const endMs = reserveMs(inputs);
  if (endMs > HOLD_RESERVE_MS || exhaustionMs > HOLD_BELOW_MS || grantDueMs + LATE_GRANT_MS < exhaustionMs)
    return 'none';
  if (isFinal && exhaustionMs <= CANCEL_BELOW_MS && endMs <= CANCEL_RESERVE_MS) return 'cancel';
  return sharedGrowthBytesPerS > 0 && exhaustionMs <= REFUSE_BELOW_MS ? 'shmCap' : 'throttle';
};

/** More than there was when escalation began, in any case: else a burst would be released where it was caught. */
const reliefFor = ({ runwayBytes, growthBytesPerS, sizeBytes }: EscalationInputs): number => {
  const most = Math.min(RELIEF_MOST_BYTES, RELIEF_MOST_FRACTION * sizeBytes);
  const ahead = Math.min(most, (growthBytesPerS * RELIEF_MS) / 1000);
  return Math.max(RELIEF_LEAST_BYTES, runwayBytes + RELIEF_LEAST_BYTES, ahead);
};

/**
 * Takes one look. While the fastest-growing backends are throttled nothing grows, and that alone is no relief: escalation then ends only
 * when there is room again. When nobody is throttled each look counts by itself, else a VM that is full, but
 * grows no more, would be throttled again and again. The higher levels last for one look each.
 */
export const nextEscalation = (state: EscalationState, inputs: EscalationInputs): EscalationState => {
  const judged = judge(inputs);
  if (judged !== 'none') {
    const reliefBytes = Math.max(state.reliefBytes, reliefFor(inputs));
    return { level: judged, reliefBytes };
  }
  if (state.level === 'none' || !inputs.isThrottled || inputs.runwayBytes >= state.reliefBytes) return NO_ESCALATION;
  return { ...state, level: 'throttle' };
};
