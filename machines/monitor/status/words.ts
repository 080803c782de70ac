/** Why the VM has the size that it has, in one sentence each way. The first rule that applies speaks. */
import type { Size } from '../../shared/events/size';
import { formatBytes, formatSize } from '../../shared/format';
import { exceeds, sameSize } from '../../shared/sizing';
import type { Lack } from '../statechart/context';

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
  /** What no larger size mends; null: nothing. */
  readonly lack: Lack | null;
}

/** A lack in words, and what mends it. */
interface LackWords {
  readonly lacks: string;
  readonly cure: string;
}

const LACK_WORDS: Readonly<Record<Lack['of'], (limit: string) => LackWords>> = {
  kernelZones: () => ({
    lacks: 'memory from which the kernel itself can allocate nears its end',
    cure: 'boot the VM with more memory, or bring plugged memory online for the kernel too (kernelcore=, online_policy=auto-movable)',
  }),
  foreignLimit: (limit) => ({ lacks: `${limit} nears its end`, cure: `raise ${limit}` }),
  fruitless: () => ({
    lacks: 'the last larger sizes have not helped, so no more is asked for their sake for a while',
    cure: 'look for what else limits Postgres',
  }),
};

export const lackWords = ({ of, path }: Lack): LackWords =>
  LACK_WORDS[of](`memory.max of ${path ?? 'the cgroup or of one above it'}`);

export const UNDECIDED = 'nothing is decided yet';

const floorWords = ({ useBytes, sharedBytes, marginBytes }: FloorFacts): string => {
  const shared = sharedBytes > 0 ? ` (of it ${formatBytes(sharedBytes)} shared memory touched)` : '';
  return `${formatBytes(useBytes)} in use${shared} + ${formatBytes(marginBytes)} margin`;
};

/** Why no smaller size is requested; never empty. */
export const whyNotSmaller = (facts: SmallerFacts): string => {
  const { desired, granted, smallest, missingSignals, windowsFull, floor, smallerUsableBytes } = facts;
  if (desired === null || granted === null) return UNDECIDED;
  if (exceeds(granted, desired) && !exceeds(desired, granted))
    return `a smaller size is requested: ${formatSize(desired)}`;
  if (!exceeds(granted, smallest)) return 'it is the smallest size';
  if (missingSignals.length > 0) return `a signal is missing: ${missingSignals.join(', ')}`;
  if (!windowsFull) return 'the windows are not full yet: too little has been observed';
  if (floor === null) return 'a signal is missing: memory use';
  const neededBytes = floor.useBytes + floor.marginBytes;
  if (neededBytes <= smallerUsableBytes) return 'the demand is this large, see the reason';
  return `${floorWords(floor)} need ${formatBytes(neededBytes)}; the next smaller size holds ${formatBytes(smallerUsableBytes)}`;
};

const incurable = (lack: Lack): string => {
  const { lacks, cure } = lackWords(lack);
  return `it would not help: ${lacks}; ${cure}`;
};

/** Why the VM is not larger; never empty. */
export const whyNotLarger = (facts: LargerFacts): string => {
  const { desired, granted, largest, capped, stoppedShort, denial, agentConnected, lack } = facts;
  if (desired === null || granted === null) return UNDECIDED;
  if (lack !== null) return incurable(lack);
  if (exceeds(desired, granted)) {
    if (!agentConnected) return 'more is requested, but no agent is connected';
    if (stoppedShort) return 'the agent gives no more than this, so it counts as the largest size; requested again';
    return denial === null
      ? 'more is requested: waiting for the agent to grant it'
      : `denied: ${denial}; requested again`;
  }
  if (capped) return 'it is the largest size, and more is needed';
  return largest !== null && sameSize(granted, largest)
    ? 'the demand is met, and it is the largest size'
    : 'the demand is met';
};

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
