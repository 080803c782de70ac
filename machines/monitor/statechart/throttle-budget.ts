/** How much longer growers may be held: --brake-ms in any HOLD_WINDOW_MS. */
import type { ChartContext } from './context';
import { HOLD_LEAST_MS, HOLD_REST_MS, HOLD_WINDOW_MS } from './timings';

type Hold = ChartContext['hold'];

/** Each is followed by a rest at the least, however short it was: more of them do not touch the window. */
const HOLDS_MAX = HOLD_WINDOW_MS / HOLD_REST_MS + 1;

const heldMsAt = ({ past }: Hold, at: number): number => {
  const begin = at - HOLD_WINDOW_MS;
  return past.reduce((sum, { from, until }) => sum + Math.max(0, until - Math.max(begin, from)), 0);
};

/** What a hold that begins at `at` may last. */
export const leftToHoldMs = ({ hold, config }: ChartContext, at: number): number =>
  Math.max(0, config.brakeMs - heldMsAt(hold, at));

/** Whether a hold is worth to be begun. */
export const canHoldAt = (context: ChartContext, at: number): boolean => leftToHoldMs(context, at) >= HOLD_LEAST_MS;

/** The hold that is under way has ended at `at`; those that have left the window are forgotten. */
export const heldUntil = (hold: Hold, at: number): Hold => {
  if (hold.since === null) return hold;
  const recent = hold.past.filter(({ until }) => until > at - HOLD_WINDOW_MS);
  return { ...hold, past: [...recent, { from: hold.since, until: at }].slice(-HOLDS_MAX), since: null };
};
