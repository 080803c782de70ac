/**
 * How long each grant took. The engine times them and keeps an estimate; the single times show as a
 * change of the estimate, at the sample on which the kernel showed the size.
 */
import type { Domain } from '../../../machines/monitor/engine/state';

export interface TimedGrant {
  readonly direction: 'up' | 'down';
  readonly tookMs: number;
}

type Timing = Pick<Domain, 'timedRequest' | 'latency' | 'coveredUntil'>;

/** The grant that was timed between two states that follow one another, or null. */
export const timedGrant = (before: Timing, after: Timing): TimedGrant | null => {
  const { timedRequest } = before;
  if (timedRequest === null || after.coveredUntil === null || after.latency === before.latency) return null;
  return { direction: timedRequest.direction, tookMs: after.coveredUntil - timedRequest.at };
};
