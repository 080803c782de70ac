/**
 * Whether the pressure level of memory is normal, elevated, or critical: short before a grant can arrive. Worse is
 * believed at once; better only after it has lasted for a second, so that the level does not alternate.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import { nullable } from '../../shared/events/nullable';
import { SECOND_MS } from '../../shared/units';

export const PressureLevel = t.keyof({ normal: null, elevated: null, critical: null });
export type PressureLevel = t.TypeOf<typeof PressureLevel>;

export const PressureLevelState = t.type({
  level: PressureLevel,
  /** Since when a better level would have been due; null while none is. */
  betterSince: nullable(finite),
});
export type PressureLevelState = t.TypeOf<typeof PressureLevelState>;

export const NORMAL: PressureLevelState = { level: 'normal', betterSince: null };

const BETTER_AFTER_MS = SECOND_MS;
/** On top of the time that a grant takes: two late samples and the way to the agent. */
const GRANT_SLACK_MS = 500;
const WATCH_MS = 30 * SECOND_MS;
/** Less than this share of the size left: watched even if nothing grows. */
const WATCH_FRACTION = 0.15;

const RANK: Record<PressureLevel, number> = { normal: 0, elevated: 1, critical: 2 };

export interface MemoryOutlook {
  readonly runwayBytes: number;
  readonly sizeBytes: number;
  readonly exhaustionMs: number;
  /** How long a grant is expected to take. */
  readonly grantUpMs: number;
  /** The kernel itself reported it just now: memory.high confirmed by anon + shmem (rule R4), or an OOM kill. */
  readonly shortReported: boolean;
}

/** By this sample alone, memory ends before a grant can arrive; `grants`: before so many, one after the other. */
export const endsTooSoon = ({ exhaustionMs, grantUpMs }: MemoryOutlook, grants = 1): boolean =>
  exhaustionMs <= grants * (grantUpMs + GRANT_SLACK_MS);

/** The level of one sample alone. */
export const pressureLevelOf = (outlook: MemoryOutlook): PressureLevel => {
  if (outlook.shortReported || endsTooSoon(outlook)) return 'critical';
  const near = outlook.runwayBytes < WATCH_FRACTION * outlook.sizeBytes;
  return near || outlook.exhaustionMs < WATCH_MS ? 'elevated' : 'normal';
};

/** Takes one sample's outlook; pure. */
export const nextPressureLevel = (
  state: PressureLevelState,
  at: number,
  outlook: MemoryOutlook,
): PressureLevelState => {
  const level = pressureLevelOf(outlook);
  if (RANK[level] >= RANK[state.level]) {
    return level === state.level && state.betterSince === null ? state : { level, betterSince: null };
  }
  const since = state.betterSince ?? at;
  if (at - since >= BETTER_AFTER_MS) return { level, betterSince: null };
  return state.betterSince === null ? { ...state, betterSince: since } : state;
};
