/**
 * All senses in one ordered stream. A look at which nothing has moved is not told (unmoved.ts). Within a beat: sources
 * that were lost or found, then the readings, then memory.high.reached, so that whoever hears of the crossing already
 * knows the use at that moment.
 */
import { left } from 'fp-ts/Either';
import { Observable, type SchedulerLike, catchError, merge, of } from 'rxjs';
import { errorText } from '../machines/shared/error-text';
import type { SampleTaken } from '../machines/monitor/events/inputs';
import { type SamplingTick, samplingClock } from './sampling-clock';
import { type MemoryHighEvent, memoryHighSamples, memoryHighReached } from './memory-high';
import { type RawSample, unreadableSample } from './raw-sample';
import { type ReadingsState, foldSample, initialReadingsState } from './readings';
import type { SourceChange } from './source-states';
import { isUnchanged } from './unchanged';

export type SensedEvent = SourceChange | SampleTaken | MemoryHighEvent;

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

/** Looks since the last one that was told. */
interface Untold {
  readonly elapsedMs: number;
  readonly skippedSamples: number;
  /** For so long of it nothing had moved. */
  readonly unchangedMs: number;
}

const NOTHING_HELD_BACK: Untold = { elapsedMs: 0, skippedSamples: 0, unchangedMs: 0 };

/** A faster beat is there because each look counts; and who wants one at once wants to be told. */
const PASSES_FROM_MS = 100;

/** Whoever counts on beats (rule R5's fresh sample, windows of seconds) has one at least this often. */
const UNTOLD_MOST_MS = 500;

const mayPass = ({ intervalMs }: SamplingTick): boolean => intervalMs !== null && intervalMs >= PASSES_FROM_MS;

/**
 * All that a beat brings, in plain functions: ten times a second each operator in between costs as much as a fold.
 * @returns what takes a beat
 */
const sensing = (read: () => RawSample, next: (event: SensedEvent) => void): ((sample: SamplingTick) => void) => {
  let state: ReadingsState = initialReadingsState;
  let told: RawSample | undefined;
  let untold = NOTHING_HELD_BACK;
  const tell = (raw: RawSample, { elapsedMs, skippedSamples, unchangedMs }: Untold): void => {
    const sample = foldSample(state, raw);
    state = sample.state;
    told = raw;
    untold = NOTHING_HELD_BACK;
    for (const change of sample.changes) next(change);
    const unmoved = unchangedMs === 0 ? {} : { unchangedMs };
    next({ type: 'sample.taken', elapsedMs, skippedSamples, ...unmoved, readings: sample.readings });
    const reached = memoryHighReached(sample.readings);
    if (reached !== null) next(reached);
  };
  return (sample) => {
    const raw = read();
    const elapsedMs = untold.elapsedMs + sample.elapsedMs;
    const skippedSamples = untold.skippedSamples + sample.skippedSamples;
    const isNew = told === undefined || elapsedMs >= UNTOLD_MOST_MS || !isUnchanged(told, raw);
    if (isNew || !mayPass(sample)) tell(raw, { elapsedMs, skippedSamples, unchangedMs: untold.unchangedMs });
    else untold = { elapsedMs, skippedSamples, unchangedMs: elapsedMs };
  };
};

/** Starts to sense on subscription. Errors only where the inputs that are ours do: sampleNow$ and the interval. */
export const sensors = (inputs: SensorInputs, scheduler: SchedulerLike): Observable<SensedEvent> =>
  new Observable((subscriber) => {
    let watchFailure: string | undefined;
    const notified$ = memoryHighSamples(inputs.notifications$, scheduler).pipe(
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
    const timing = {
      intervalMs: inputs.intervalMs,
      changed$: inputs.intervalChanged$,
      now$: merge(notified$, inputs.sampleNow$),
    };
    const sense = sensing(read, (event) => {
      subscriber.next(event);
    });
    return samplingClock(timing, scheduler).subscribe({
      next: sense,
      error: (why) => {
        subscriber.error(why);
      },
    });
  });
