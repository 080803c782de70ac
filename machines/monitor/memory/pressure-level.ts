/**
 * Whether the pressure level of memory is normal, elevated, or critical: short before a grant can arrive. Worse is
 * believed at once; better only after it has lasted for a second, so that the level does not alternate.
 */
import * as t from 'io-ts';
import { SECOND_MS } from '../../shared/units';
import { leftAt } from './ladder';
import { exhaustionMs, type Runway } from './runway';

export const PressureLevel = t.keyof({ normal: null, elevated: null, critical: null });
export type PressureLevel = t.TypeOf<typeof PressureLevel>;

const BETTER_AFTER_MS = SECOND_MS;
/**
 * On top of the time that a grant takes: late samples, the way to the agent, and half a second in which a grant that is late can be
 * told from one that is coming, before somebody is throttled.
 */
const GRANT_SLACK_MS = 1_000;
const WATCH_MS = 30 * SECOND_MS;

const RANK: Record<PressureLevel, number> = { normal: 0, elevated: 1, critical: 2 };

export interface MemoryOutlook {
  /** What ends first, and what would end first were it for memory alone. */
  readonly shortest: Runway;
  readonly curable: Runway;
  readonly growthBytesPerS: number;
  /** Until the shortest runway is used up. */
  readonly exhaustionMs: number;
  /** How long a grant is expected to take. */
  readonly grantUpMs: number;
  /** The kernel itself reported it just now: memory.high confirmed by anon + shmem (rule R4), or an OOM kill. */
  readonly shortReported: boolean;
}

/** However fast grants are: what would be throttled next is asked for first (protection/escalation.ts). */
const LEAD_LEAST_MS = 2.5 * SECOND_MS;

/** At this growth a runway ends before a grant can arrive; `grants`: before so many, one after the other. */
export const endsTooSoon = ({ growthBytesPerS, grantUpMs }: MemoryOutlook, { bytes }: Runway, grants = 1): boolean =>
  exhaustionMs(bytes, growthBytesPerS) <= Math.max(LEAD_LEAST_MS, grants * (grantUpMs + GRANT_SLACK_MS));

/** The level of one sample alone. */
export const pressureLevelOf = (outlook: MemoryOutlook): PressureLevel => {
  const { shortest, shortReported } = outlook;
  if (shortReported || endsTooSoon(outlook, shortest)) return 'critical';
  const isNear = shortest.leftBytes < leftAt('elevated', shortest.sizeBytes);
  return isNear || outlook.exhaustionMs < WATCH_MS ? 'elevated' : 'normal';
};

/** The level after one sample more, and since when a better one would be due; null while none is. */
export interface JudgedLevel {
  readonly level: PressureLevel;
  readonly easingSince: number | null;
}

/** Takes one sample's outlook; pure. */
export const nextPressureLevel = (before: JudgedLevel, at: number, outlook: MemoryOutlook): JudgedLevel => {
  const level = pressureLevelOf(outlook);
  if (RANK[level] >= RANK[before.level]) return { level, easingSince: null };
  const easingSince = before.easingSince ?? at;
  return at - easingSince >= BETTER_AFTER_MS ? { level, easingSince: null } : { level: before.level, easingSince };
};
