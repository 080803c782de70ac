/**
 * How near Postgres is to the OOM killer when demand outruns the grant, in the order in which the actuators
 * may act: throttle the fastest-growing backends, cap shared memory, cancel a statement. Asking for a larger size
 * comes before all of it, and goes on meanwhile (machines/monitor/engine/assess.ts).
 */
import * as t from 'io-ts';
import { leftAt, type Rung } from '../memory/ladder';
import { exhaustionMs, type Runway } from '../memory/runway';
import { MIB, SECOND_MS } from '../../shared/units';

export const Escalation = t.keyof({ none: null, throttle: null, shmCap: null, cancel: null });
export type Escalation = t.TypeOf<typeof Escalation>;

export interface EscalationInputs {
  readonly shortest: Runway;
  readonly growthBytesPerS: number;
  /** Growth of /dev/shm and other shared memory: what a cap on it could refuse. */
  readonly sharedGrowthBytesPerS: number;
  /** Until the grant that was asked for is expected; Infinity when none can be (no agent, denied, at the largest size). */
  readonly grantDueMs: number;
  /** No larger size will come, or none would help: the largest is reached, the host denied it, or something else than memory ends. */
  readonly isFinal: boolean;
  /** The fastest-growing backends are throttled at this moment, or about to be. */
  readonly isThrottled: boolean;
}

export interface EscalationState {
  readonly level: Escalation;
  /** The runway that ends the escalation; 0 while there is none. */
  readonly reliefBytes: number;
}

export const NO_ESCALATION: EscalationState = { level: 'none', reliefBytes: 0 };

/** The fastest-growing backends are found and moved within 0.2 s, in a starved guest within 1.5 s. Sooner would spend the throttle time before it is needed. */
const THROTTLE_BELOW_MS = 1.8 * SECOND_MS;
/** A grant that is due just before the end may be late by this much. */
const LATE_GRANT_MS = 250;
const REFUSE_BELOW_MS = 800;
/** To find the statement takes 0.1 s, to have its memory back 0.3 s, each more on a machine that is busy. */
const CANCEL_BELOW_MS = 500;
/** What must be free before the fastest-growing backends are released: two seconds of their growth, and something for the others. */
const RELIEF_MS = 2 * SECOND_MS;
const RELIEF_LEAST_BYTES = 64 * MIB;
/** A burst measured over 100 ms must not make relief unreachable, nor a grant of one unit too little. */
const RELIEF_MOST_BYTES = 1024 * MIB;
const RELIEF_MOST_FRACTION = 0.125;

const RANK: Readonly<Record<Escalation, number>> = { none: 0, throttle: 1, shmCap: 2, cancel: 3 };

/** Whether `level` is at least `stage`. */
export const reaches = (escalation: Escalation, stage: Escalation): boolean => RANK[escalation] >= RANK[stage];

/** Until what is left is down to a rung of the ladder; without growth never: where use only rests near the end, nobody is throttled for it. */
const untilMs = (rung: Rung, { shortest, growthBytesPerS }: EscalationInputs): number =>
  growthBytesPerS <= 0
    ? Infinity
    : exhaustionMs(shortest.leftBytes - leftAt(rung, shortest.sizeBytes), growthBytesPerS);

/** The level of one look alone. */
const judge = (inputs: EscalationInputs): Escalation => {
  const { grantDueMs, sharedGrowthBytesPerS, isFinal } = inputs;
  const endMs = untilMs('throttle', inputs);
  if (endMs > THROTTLE_BELOW_MS || grantDueMs + LATE_GRANT_MS < endMs) return 'none';
  if (isFinal && untilMs('cancel', inputs) <= CANCEL_BELOW_MS) return 'cancel';
  return sharedGrowthBytesPerS > 0 && endMs <= REFUSE_BELOW_MS ? 'shmCap' : 'throttle';
};

/** More than there was when escalation began, in any case: else a burst would be released where it was caught. */
const reliefFor = ({ shortest, growthBytesPerS }: EscalationInputs): number => {
  const most = Math.min(RELIEF_MOST_BYTES, RELIEF_MOST_FRACTION * shortest.sizeBytes);
  const ahead = Math.min(most, (growthBytesPerS * RELIEF_MS) / 1000);
  return Math.max(RELIEF_LEAST_BYTES, shortest.bytes + RELIEF_LEAST_BYTES, ahead);
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
  if (state.level === 'none' || !inputs.isThrottled || inputs.shortest.bytes >= state.reliefBytes) return NO_ESCALATION;
  return { ...state, level: 'throttle' };
};
