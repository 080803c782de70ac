/** How much longer the fastest-growing backends may be throttled: --throttle-max-ms in any THROTTLE_WINDOW_MS. */
import type { MonitorContext } from './context';
import { THROTTLE_LEAST_MS, THROTTLE_REST_MS, THROTTLE_WINDOW_MS } from './timings';

type ThrottleRecord = MonitorContext['throttle'];

/** Each is followed by a rest at the least, however short it was: more of them do not touch the window. */
const HOLDS_MAX = THROTTLE_WINDOW_MS / THROTTLE_REST_MS + 1;

const heldMsAt = ({ past }: ThrottleRecord, at: number): number => {
  const begin = at - THROTTLE_WINDOW_MS;
  return past.reduce((sum, { from, until }) => sum + Math.max(0, until - Math.max(begin, from)), 0);
};

/** What a hold that begins at `at` may last. */
export const leftToThrottleMs = ({ throttle, config }: MonitorContext, at: number): number =>
  Math.max(0, config.throttleMaxMs - heldMsAt(throttle, at));

/** Whether a hold is worth to be begun. */
export const canThrottleAt = (context: MonitorContext, at: number): boolean =>
  leftToThrottleMs(context, at) >= THROTTLE_LEAST_MS;

/** The hold that is under way has ended at `at`; those that have left the window are forgotten. */
export const throttledUntil = (throttle: ThrottleRecord, at: number): ThrottleRecord => {
  if (throttle.since === null) return throttle;
  const recent = throttle.past.filter(({ until }) => until > at - THROTTLE_WINDOW_MS);
  return { ...throttle, past: [...recent, { from: throttle.since, until: at }].slice(-HOLDS_MAX), since: null };
};
