/**
 * Whether memory is calm, to be watched, or breached: short before a grant can arrive. Worse is
 * believed at once; better only after it has held for a second, so that verdicts do not flutter.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';
import { nullable } from '../../shared/events/nullable';
import { SECOND_MS } from '../../shared/units';

export const Verdict = t.keyof({ calm: null, watchful: null, breached: null });
export type Verdict = t.TypeOf<typeof Verdict>;

export const VerdictState = t.type({
  verdict: Verdict,
  /** Since when a better verdict would have been due; null while none is. */
  betterSince: nullable(finite),
});
export type VerdictState = t.TypeOf<typeof VerdictState>;

export const CALM: VerdictState = { verdict: 'calm', betterSince: null };

const BETTER_AFTER_MS = SECOND_MS;
/** On top of the time that a grant takes: two late beats and the way to the agent. */
const GRANT_SLACK_MS = 500;
const WATCH_MS = 30 * SECOND_MS;
/** Less than this share of the size left: watched even if nothing grows. */
const WATCH_FRACTION = 0.15;

const RANK: Record<Verdict, number> = { calm: 0, watchful: 1, breached: 2 };

export interface MemoryOutlook {
  readonly runwayBytes: number;
  readonly sizeBytes: number;
  readonly exhaustionMs: number;
  /** How long a grant is expected to take. */
  readonly grantUpMs: number;
  /** The kernel itself said so just now: memory.high confirmed by anon + shmem (rule R4), or an OOM kill. */
  readonly shortReported: boolean;
}

/** By this sample alone, memory ends before a grant can arrive; `grants`: before so many, one after the other. */
export const endsTooSoon = ({ exhaustionMs, grantUpMs }: MemoryOutlook, grants = 1): boolean =>
  exhaustionMs <= grants * (grantUpMs + GRANT_SLACK_MS);

/** The verdict of one sample alone. */
export const judge = (outlook: MemoryOutlook): Verdict => {
  if (outlook.shortReported || endsTooSoon(outlook)) return 'breached';
  const near = outlook.runwayBytes < WATCH_FRACTION * outlook.sizeBytes;
  return near || outlook.exhaustionMs < WATCH_MS ? 'watchful' : 'calm';
};

/** Takes one sample's outlook; pure. */
export const nextVerdict = (state: VerdictState, at: number, outlook: MemoryOutlook): VerdictState => {
  const verdict = judge(outlook);
  if (RANK[verdict] >= RANK[state.verdict]) {
    return verdict === state.verdict && state.betterSince === null ? state : { verdict, betterSince: null };
  }
  const since = state.betterSince ?? at;
  if (at - since >= BETTER_AFTER_MS) return { verdict, betterSince: null };
  return state.betterSince === null ? { ...state, betterSince: since } : state;
};
