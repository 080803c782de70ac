/**
 * When to sample: a grid in time whose step may change after every tick. A tick never queues: when the process was held
 * up, the points of the grid that passed meanwhile are counted and left out, and the next tick is on the grid again.
 *
 * An Observable of its own: `timer`, `interval` and `expand` of RxJS keep neither a grid whose step changes nor a count of
 * the points that were missed, and what each tick's subscriber costs is measured here too.
 */
import { Observable, type SchedulerLike, type Subscription } from 'rxjs';

export interface SamplingTick {
  /** Since the last tick of any kind, in whole ms; 0 on the first. Two ticks may share a millisecond. */
  readonly elapsedMs: number;
  readonly skippedSamples: number;
  /** Of the grid that it is a point of; null: somebody wanted it at once. */
  readonly intervalMs: number | null;
}

export interface SamplingTiming {
  /** Asked after each tick. Held within SHORTEST_INTERVAL_MS and LONGEST_INTERVAL_MS. */
  readonly intervalMs: () => number;
  /** The interval may have become shorter: it is asked at once. A longer one waits for the next tick. */
  readonly changed$: Observable<unknown>;
  /** Each emission is a tick at once, within the emission; the grid stays where it is. */
  readonly now$: Observable<unknown>;
}

/** Finer than this and sampling itself becomes the load. */
export const SHORTEST_INTERVAL_MS = 10;
/** What is polled as a backstop (memory.events, rule R5's fresh sample) is polled at least this often. */
export const LONGEST_INTERVAL_MS = 1_000;

/**
 * Where a sample takes ms, samples take this share of the time at most: the actuators of protection, which they are there
 * for, need the rest. (Under emulation samples every 10 ms took 74 % of a CPU, and a throttle 2.4 s to begin.)
 */
const BUSY_MOST_FRACTION = 0.25;
/** What a sample costs makes it no rarer than this. */
const STRETCHED_MOST_MS = 100;

/** Between two samples that cost so much. */
const leastMs = (costMs: number): number =>
  Math.max(SHORTEST_INTERVAL_MS, Math.min(STRETCHED_MOST_MS, costMs / BUSY_MOST_FRACTION));

const bounded = (intervalMs: number, costMs: number): number =>
  Math.min(LONGEST_INTERVAL_MS, Math.max(leastMs(costMs), intervalMs));

/** Ticks from the subscription on, the first one at once. Never completes. `scheduler` gives a monotonic time. */
export const samplingClock = (timing: SamplingTiming, scheduler: SchedulerLike): Observable<SamplingTick> =>
  new Observable<SamplingTick>((subscriber) => {
    let intervalMs = 0;
    /** The point of the grid that was served last; the next is one interval later. */
    let gridMs = scheduler.now();
    let lastTickMs: number | undefined;
    /** What each of the last two samples took. */
    let costsMs: readonly [number, number] = [0, 0];
    let timer: Subscription | undefined;

    // The clock is rounded, not the difference, so that the sum of the differences does not drift.
    const emit = (tick: Omit<SamplingTick, 'elapsedMs'>): void => {
      const nowMs = Math.round(scheduler.now());
      const elapsedMs = lastTickMs === undefined ? 0 : nowMs - lastTickMs;
      lastTickMs = nowMs;
      const startMs = scheduler.now();
      subscriber.next({ elapsedMs, ...tick });
      costsMs = [costsMs[1], scheduler.now() - startMs];
    };

    /** The cheaper of two counts: a single one may have been held up by others. */
    const nextIntervalMs = (): number => bounded(timing.intervalMs(), Math.min(...costsMs));

    const arm = (): void => {
      timer?.unsubscribe();
      if (!subscriber.closed) timer = scheduler.schedule(onDue, Math.max(0, gridMs + intervalMs - scheduler.now()));
    };

    /** A shorter interval counts from now at the earliest: the points before were never due. */
    const adopt = (nextMs: number): void => {
      if (nextMs < intervalMs) gridMs = Math.max(gridMs, scheduler.now() - nextMs);
      intervalMs = nextMs;
    };

    const onDue = (): void => {
      const lateMs = Math.max(0, scheduler.now() - gridMs - intervalMs);
      const skippedSamples = intervalMs === 0 ? 0 : Math.floor(lateMs / intervalMs);
      gridMs += intervalMs * (1 + skippedSamples);
      emit({ skippedSamples, intervalMs });
      adopt(nextIntervalMs());
      arm();
    };

    const onChanged = (): void => {
      const nextMs = nextIntervalMs();
      if (nextMs >= intervalMs) return;
      adopt(nextMs);
      arm();
    };

    arm();
    subscriber.add(
      timing.now$.subscribe({
        next: () => {
          emit({ skippedSamples: 0, intervalMs: null });
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
