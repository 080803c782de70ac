/**
 * Why the VM has the size that it has, in one sentence each way. The first rule that applies speaks;
 * each rule is a sentence or null.
 */
import type { Size } from '../../shared/events/size';
import { formatBytes, formatSize } from '../../shared/format';
import { exceeds, sameSize } from '../../shared/sizing';

/** The floor of rule R5 and its parts. */
export interface FloorFacts {
  readonly useBytes: number;
  /** The part of the use that is shared memory: shared_buffers, once touched, are never given back. */
  readonly sharedBytes: number;
  /** All that must stay free beside the use. */
  readonly marginBytes: number;
}

export interface SmallerFacts {
  readonly desired: Size | null;
  readonly granted: Size | null;
  /** The lower bound, in whole units. */
  readonly smallest: Size;
  /** Signals without which the recommendation, or the floor, is not known. */
  readonly missingSignals: readonly string[];
  /** Observations cover the policy's longest window (rule R12). */
  readonly windowsFull: boolean;
  /** Null without a sample of memory. */
  readonly floor: FloorFacts | null;
  /** What Postgres and the kernel could use of the next smaller size. */
  readonly smallerUsableBytes: number;
}

export interface LargerFacts {
  readonly desired: Size | null;
  readonly granted: Size | null;
  /** The upper bound; null when only the agent knows one. */
  readonly largest: Size | null;
  /** More is needed than the largest size gives. */
  readonly capped: boolean;
  /** The agent gave less than was requested and does not answer to more. */
  readonly stoppedShort: boolean;
  /** The agent's reason for refusing the present request. */
  readonly denial: string | null;
  readonly agentConnected: boolean;
}

export const UNDECIDED = 'nothing is decided yet';

type Rule<Facts> = (facts: Facts) => string | null;

const firstOf = <Facts>(rules: readonly Rule<Facts>[], facts: Facts): string | null => {
  for (const rule of rules) {
    const sentence = rule(facts);
    if (sentence !== null) return sentence;
  }
  return null;
};

const sizeUnknown: Rule<{ readonly desired: Size | null; readonly granted: Size | null }> = ({ desired, granted }) =>
  desired === null || granted === null ? UNDECIDED : null;

const floorWords = ({ useBytes, sharedBytes, marginBytes }: FloorFacts): string => {
  const shared = sharedBytes > 0 ? ` (of it ${formatBytes(sharedBytes)} shared memory touched)` : '';
  return `${formatBytes(useBytes)} in use${shared} + ${formatBytes(marginBytes)} margin`;
};

const overFloor: Rule<SmallerFacts> = ({ floor, smallerUsableBytes }) => {
  if (floor === null) return 'a signal is missing: memory use';
  const neededBytes = floor.useBytes + floor.marginBytes;
  if (neededBytes <= smallerUsableBytes) return null;
  return `${floorWords(floor)} need ${formatBytes(neededBytes)}; the next smaller size holds ${formatBytes(smallerUsableBytes)}`;
};

const SMALLER: readonly Rule<SmallerFacts>[] = [
  sizeUnknown,
  ({ desired, granted }) =>
    desired !== null && granted !== null && exceeds(granted, desired) && !exceeds(desired, granted)
      ? `a smaller size is requested: ${formatSize(desired)}`
      : null,
  ({ granted, smallest }) => (granted !== null && !exceeds(granted, smallest) ? 'it is the smallest size' : null),
  ({ missingSignals }) => (missingSignals.length > 0 ? `a signal is missing: ${missingSignals.join(', ')}` : null),
  ({ windowsFull }) => (windowsFull ? null : 'the windows are not full yet: too little has been observed'),
  overFloor,
];

/** Why no smaller size is requested; never empty. */
export const whyNotSmaller = (facts: SmallerFacts): string =>
  firstOf(SMALLER, facts) ?? 'the demand is this large, see the reason';

const unfulfilled: Rule<LargerFacts> = ({ desired, granted, denial, stoppedShort, agentConnected }) => {
  if (desired === null || granted === null || !exceeds(desired, granted)) return null;
  if (!agentConnected) return 'more is requested, but no agent is connected';
  if (stoppedShort) return 'the agent gives no more than this, so it counts as the largest size; requested again';
  return denial === null
    ? 'more is requested: waiting for the agent to grant it'
    : `denied: ${denial}; requested again`;
};

const isLargest = ({ granted, largest }: LargerFacts): boolean =>
  granted !== null && largest !== null && sameSize(granted, largest);

const LARGER: readonly Rule<LargerFacts>[] = [
  sizeUnknown,
  unfulfilled,
  ({ capped }) => (capped ? 'it is the largest size, and more is needed' : null),
  (facts) => (isLargest(facts) ? 'the demand is met, and it is the largest size' : null),
];

/** Why the VM is not larger; never empty. */
export const whyNotLarger = (facts: LargerFacts): string => firstOf(LARGER, facts) ?? 'the demand is met';

/** States as the page shows them: { sizing: { requesting: 'denied' } } becomes { sizing: 'requesting.denied' }. */
export const flatRegions = (
  value: Readonly<Record<string, string | Readonly<Record<string, string>>>>,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(value).map(([region, state]) => [
      region,
      typeof state === 'string' ? state : Object.entries(state).flat().join('.'),
    ]),
  );
