/**
 * All senses in one ordered stream. Within a beat: sources that were lost or found, then the readings,
 * then memory.high.reached, so that whoever hears of the crossing already knows the use at that moment.
 */
import { left } from 'fp-ts/Either';
import { Observable, type SchedulerLike, catchError, merge, of } from 'rxjs';
import { errorText } from '../machines/error-text';
import type { BeatSampled } from '../machines/events/inputs';
import { type Beat, beats } from './beat';
import { type MemoryHighReached, memoryHighBeats, memoryHighReached } from './memory-high';
import { type RawSample, unreadableSample } from './raw-sample';
import { type ReadingsState, foldSample, initialReadingsState } from './readings';
import type { SourceChange } from './source-states';

export type SensedEvent = SourceChange | BeatSampled | MemoryHighReached;

export interface SensorInputs {
  /** Reads all sources, synchronously. Should it throw, all sources are lost for that beat. */
  readonly read: (nowMs: number) => RawSample;
  /** The kernel's notifications. Should they fail, cgroup.watch is lost and the beats go on. */
  readonly notifications$: Observable<unknown>;
  /** Each emission forces a beat whose events are emitted before the emission returns. */
  readonly sampleNow$: Observable<unknown>;
  /** See BeatTiming. */
  readonly intervalMs: () => number;
  readonly intervalChanged$: Observable<unknown>;
}

/** Starts to sense on subscription. Errors only where the inputs that are ours do: sampleNow$ and the interval. */
export const sensors = (inputs: SensorInputs, scheduler: SchedulerLike): Observable<SensedEvent> =>
  new Observable((subscriber) => {
    let watchFailure: string | undefined;
    let state: ReadingsState = initialReadingsState;
    const notified$ = memoryHighBeats(inputs.notifications$, scheduler).pipe(
      catchError((error: unknown) => {
        watchFailure = errorText(error);
        return of(undefined);
      }),
    );
    const read = (): RawSample => {
      try {
        const raw = inputs.read(scheduler.now());
        return watchFailure === undefined ? raw : { ...raw, cgroup: { ...raw.cgroup, watch: left(watchFailure) } };
      } catch (error) {
        return unreadableSample(errorText(error));
      }
    };
    // One plain function for all that a beat brings: ten times a second each operator in between costs as much as a fold.
    const sense = ({ elapsedMs, skippedBeats }: Beat): void => {
      const sample = foldSample(state, read());
      state = sample.state;
      for (const change of sample.changes) subscriber.next(change);
      subscriber.next({ type: 'beat.sampled', elapsedMs, skippedBeats, readings: sample.readings });
      const reached = memoryHighReached(sample.readings);
      if (reached !== null) subscriber.next(reached);
    };
    const timing = {
      intervalMs: inputs.intervalMs,
      changed$: inputs.intervalChanged$,
      now$: merge(notified$, inputs.sampleNow$),
    };
    return beats(timing, scheduler).subscribe({
      next: sense,
      error: (why) => {
        subscriber.error(why);
      },
    });
  });
