/**
 * The kernel's word that the cgroup crossed memory.high. Notifications are coalesced (one in 10 ms at most) and a watch
 * can die in silence, so they only cause a sample at once: what counts is the growth of the counter in its readings. Any
 * other sample that sees the counter grow says so as well, and as no two samples are further apart than
 * LONGEST_INTERVAL_MS, the samples are the backstop for a dead watch.
 */
import { type Observable, type SchedulerLike, throttleTime } from 'rxjs';
import type { InputEvent } from '../machines/monitor/events/inputs';
import type { Readings } from '../machines/monitor/events/readings';

export type MemoryHighEvent = Extract<InputEvent, { type: 'memory.high.reached' }>;

/** The kernel's own limit (CGROUP_FILE_NOTIFY_MIN_INTV), kept here too: each notification costs a sample. */
const NOTIFICATION_GAP_MS = 10;

/** Notifications as samples to be taken: the first of a burst at once, the last at the end of the gap. */
export const memoryHighSamples = (notifications$: Observable<unknown>, scheduler: SchedulerLike): Observable<unknown> =>
  notifications$.pipe(throttleTime(NOTIFICATION_GAP_MS, scheduler, { leading: true, trailing: true }));

/** The event for readings in which the counter has grown; null for others and for its first reading. */
export const memoryHighReached = ({ cgroup }: Readings): MemoryHighEvent | null => {
  const count = cgroup?.highEventsDelta ?? 0;
  return count > 0 ? { type: 'memory.high.reached', count } : null;
};
