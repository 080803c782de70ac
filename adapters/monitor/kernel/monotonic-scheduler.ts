/** RxJS takes the wall clock, which jumps; sampling goes by CLOCK_MONOTONIC. */
import { type SchedulerAction, type SchedulerLike, type Subscription, asyncScheduler } from 'rxjs';

export const monotonicScheduler: SchedulerLike = {
  now: () => performance.now(),
  schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delayMs = 0, state?: T): Subscription =>
    asyncScheduler.schedule(work, delayMs, state),
};
