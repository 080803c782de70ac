/**
 * The beat of the sampling: a grid in time whose step may change after every beat. A beat never queues:
 * when the process was held up, the points of the grid that passed meanwhile are counted and left out,
 * and the next beat is on the grid again.
 */
import { Observable, type SchedulerLike, type Subscription } from 'rxjs';

export interface Beat {
  /** Since the last beat of any kind, in whole ms; 0 on the first. Two beats may share a millisecond. */
  readonly elapsedMs: number;
  readonly skippedBeats: number;
}

export interface BeatTiming {
  /** Asked after each beat. Held within SHORTEST_BEAT_MS and LONGEST_BEAT_MS. */
  readonly intervalMs: () => number;
  /** The interval may have become shorter: it is asked at once. A longer one waits for the next beat. */
  readonly changed$: Observable<unknown>;
  /** Each emission is a beat at once, within the emission; the grid stays where it is. */
  readonly now$: Observable<unknown>;
}

/** Finer than this and sampling itself becomes the load. */
export const SHORTEST_BEAT_MS = 10;
/**
 * A beat that takes long leaves the process as much time for its other work, up to this: where each took longer than
 * its interval, hold and cancel came seconds late.
 */
const REST_MOST_MS = 50;
/** What is polled as a backstop (memory.events, rule R5's fresh sample) is polled at least this often. */
export const LONGEST_BEAT_MS = 1_000;

const bounded = (intervalMs: number): number => Math.min(LONGEST_BEAT_MS, Math.max(SHORTEST_BEAT_MS, intervalMs));

/** Beats from the subscription on, the first one at once. Never completes. `scheduler` gives a monotonic time. */
export const beats = (timing: BeatTiming, scheduler: SchedulerLike): Observable<Beat> =>
  new Observable<Beat>((subscriber) => {
    let intervalMs = 0;
    /** The point of the grid that was served last; the next is one interval later. */
    let gridMs = scheduler.now();
    let restUntilMs = 0;
    let lastBeatMs: number | undefined;
    let timer: Subscription | undefined;

    // The clock is rounded, not the difference, so that the sum of the differences does not drift.
    const emit = (skippedBeats: number): void => {
      const nowMs = Math.round(scheduler.now());
      const elapsedMs = lastBeatMs === undefined ? 0 : nowMs - lastBeatMs;
      lastBeatMs = nowMs;
      subscriber.next({ elapsedMs, skippedBeats });
    };

    const arm = (): void => {
      timer?.unsubscribe();
      const dueMs = Math.max(restUntilMs, gridMs + intervalMs);
      if (!subscriber.closed) timer = scheduler.schedule(onDue, Math.max(0, dueMs - scheduler.now()));
    };

    /** A shorter interval counts from now at the earliest: the points before were never due. */
    const adopt = (nextMs: number): void => {
      if (nextMs < intervalMs) gridMs = Math.max(gridMs, scheduler.now() - nextMs);
      intervalMs = nextMs;
    };

    const onDue = (): void => {
      const startedMs = scheduler.now();
      const lateMs = Math.max(0, startedMs - gridMs - intervalMs);
      const skippedBeats = intervalMs === 0 ? 0 : Math.floor(lateMs / intervalMs);
      gridMs += intervalMs * (1 + skippedBeats);
      emit(skippedBeats);
      const endedMs = scheduler.now();
      restUntilMs = endedMs + Math.min(REST_MOST_MS, endedMs - startedMs);
      adopt(bounded(timing.intervalMs()));
      arm();
    };

    const onChanged = (): void => {
      const nextMs = bounded(timing.intervalMs());
      if (nextMs >= intervalMs) return;
      adopt(nextMs);
      arm();
    };

    arm();
    subscriber.add(
      timing.now$.subscribe({
        next: () => {
          emit(0);
        },
        error: (why) => {
          subscriber.error(why);
        },
      }),
    );
    subscriber.add(
      timing.changed$.subscribe({
        next: onChanged,
        error: (why) => {
          subscriber.error(why);
        },
      }),
    );
    return () => timer?.unsubscribe();
  });
