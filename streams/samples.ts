/**
 * All that is sensed in one ordered stream. A sample that shows nothing new is held back (unchanged.ts). With each sample
 * come first the sources that were lost or found, then the readings, then memory.high.reached, so that whoever is told of
 * the crossing already knows the use at that moment.
 */
import { left } from 'fp-ts/Either';
import { type Observable, type SchedulerLike, catchError, connect, defer, map, merge, mergeMap, of, zip } from 'rxjs';
import { errorText } from '../machines/shared/error-text';
import type { SampleTaken } from '../machines/monitor/events/inputs';
import type { Readings } from '../machines/monitor/events/readings';
import { type MemoryHighEvent, memoryHighReached, memoryHighSamples } from './memory-high';
import { type PassedSample, withoutUnchanged } from './unchanged';
import type { RawSample } from './raw-sample';
import { readings } from './readings';
import { samplingClock } from './sampling-clock';
import { unreadableSample } from './signals/unreadable';
import { type SourceChange, sourceChanges } from './source-states';

export type SensedEvent = SourceChange | SampleTaken | MemoryHighEvent;

export interface SampleInputs {
  /** Reads all sources, synchronously. Should it throw, all sources are lost for that sample. */
  readonly read: (nowMs: number) => RawSample;
  /** The kernel's notifications. Should they fail, cgroup.watch is lost and sampling goes on. */
  readonly notifications$: Observable<unknown>;
  /** Each emission forces a sample whose events are emitted before the emission returns. */
  readonly sampleNow$: Observable<unknown>;
  /** See SamplingTiming. */
  readonly intervalMs: () => number;
  readonly intervalChanged$: Observable<unknown>;
}

/** The events of one sample, in their order. */
const eventsOf = (
  { elapsedMs, skippedSamples, unchangedMs }: PassedSample,
  changes: readonly SourceChange[],
  seen: Readings,
): readonly SensedEvent[] => {
  const taken: SampleTaken = { type: 'sample.taken', elapsedMs, skippedSamples, readings: seen };
  const reached = memoryHighReached(seen);
  const events: SensedEvent[] = [...changes, unchangedMs === 0 ? taken : { ...taken, unchangedMs }];
  if (reached !== null) events.push(reached);
  return events;
};

const sensedIn = (samples$: Observable<PassedSample>): Observable<readonly SensedEvent[]> =>
  samples$.pipe(
    connect((shared$) => {
      const raw$ = shared$.pipe(map(({ raw }) => raw));
      return zip(shared$, sourceChanges(raw$), readings(raw$));
    }),
    map(([sample, changes, seen]) => eventsOf(sample, changes, seen)),
  );

/** The raw sample of each moment; it never throws. */
const reader = (read: () => RawSample, watchFailure: () => string | null) => (): RawSample => {
  try {
    const raw = read();
    const why = watchFailure();
    return why === null ? raw : { ...raw, watch: left(why) };
  } catch (error) {
    return unreadableSample(errorText(error));
  }
};

/** Starts to sense on subscription. Errors only where the inputs that are ours do: sampleNow$ and the interval. */
export const samples = (inputs: SampleInputs, scheduler: SchedulerLike): Observable<SensedEvent> =>
  defer(() => {
    let watchFailure: string | null = null;
    const notified$ = memoryHighSamples(inputs.notifications$, scheduler).pipe(
      catchError((error: unknown) => {
        watchFailure = errorText(error);
        return of(undefined);
      }),
    );
    const timing = {
      intervalMs: inputs.intervalMs,
      changed$: inputs.intervalChanged$,
      now$: merge(notified$, inputs.sampleNow$),
    };
    const read = reader(
      () => inputs.read(scheduler.now()),
      () => watchFailure,
    );
    return samplingClock(timing, scheduler).pipe(
      map((tick) => ({ tick, raw: read() })),
      withoutUnchanged,
      sensedIn,
      // NB: not concatMap, which would make a sample that is forced within an event wait for the end of the last one.
      mergeMap((events) => events),
    );
  });
