/**
 * Passes on the samples that show something new. At ten samples a second most do not, and what follows (fold, log,
 * statechart, policy) costs several times what the reading costs.
 */
import { isLeft } from 'fp-ts/Either';
import { type Observable, filter, map, scan } from 'rxjs';
import type { RawSample, RawValues, Read, SignalName } from './raw-sample';
import type { SamplingTick } from './sampling-clock';
import { SIGNALS, SIGNAL_NAMES } from './signals';

/** A faster interval is there because each sample counts; and who wants a sample at once wants to see it. */
const HELD_BACK_FROM_MS = 100;

/** Whoever counts on samples (rule R5's fresh one, windows of seconds) gets one at least this often. */
const HELD_BACK_MOST_MS = 500;

/** From how large a difference on a field has changed. */
type Quantum = readonly [field: string, from: number];

const QUANTA: readonly { readonly name: SignalName; readonly quanta: readonly Quantum[] }[] = SIGNAL_NAMES.map(
  (name) => ({
    name,
    quanta: Object.entries(SIGNALS[name].changedFrom ?? {}),
  }),
);

/** The fields that quanta name are numbers, or absent. */
type Fields = Readonly<Record<string, number | undefined>>;

const isNear = (before: number | undefined, now: number | undefined, from: number): boolean =>
  before === now || (before !== undefined && now !== undefined && Math.abs(now - before) < from);

const isValueUnchanged = (before: Fields | undefined, now: Fields | undefined, quanta: readonly Quantum[]): boolean =>
  before === undefined || now === undefined
    ? before === now
    : quanta.every(([field, from]) => isNear(before[field], now[field], from));

/** What was not read anew is the very same object; without quanta all that was read counts as changed. */
const isUnchangedSignal = (
  before: Read<RawValues[SignalName]>,
  now: Read<RawValues[SignalName]>,
  quanta: readonly Quantum[],
): boolean => {
  if (before === now) return true;
  if (quanta.length === 0) return false;
  if (isLeft(before) || isLeft(now)) return isLeft(before) && isLeft(now) && before.left === now.left;
  // A row with quanta has a value with fields, or none.
  return isValueUnchanged(before.right as Fields | undefined, now.right as Fields | undefined, quanta);
};

/** @param before the last sample that was passed on */
export const isUnchanged = (before: RawSample, now: RawSample): boolean =>
  isLeft(before.watch) === isLeft(now.watch) &&
  QUANTA.every(({ name, quanta }) => isUnchangedSignal(before[name], now[name], quanta));

export interface TimedSample {
  readonly tick: SamplingTick;
  readonly raw: RawSample;
}

/** Times since the last sample that was passed on. */
interface Since {
  readonly elapsedMs: number;
  readonly skippedSamples: number;
  /** For so long of it samples showed nothing new. */
  readonly unchangedMs: number;
}

export interface PassedSample extends Since {
  readonly raw: RawSample;
}

interface Progress {
  readonly since: Since;
  /** The last that was passed on. */
  readonly last: RawSample | null;
  /** Null: this sample is held back. */
  readonly passed: PassedSample | null;
}

const NOTHING_HELD_BACK: Since = { elapsedMs: 0, skippedSamples: 0, unchangedMs: 0 };
const START: Progress = { since: NOTHING_HELD_BACK, last: null, passed: null };

const mayBeHeldBack = ({ intervalMs }: SamplingTick): boolean => intervalMs !== null && intervalMs >= HELD_BACK_FROM_MS;

const take = ({ since, last }: Progress, { tick, raw }: TimedSample): Progress => {
  const elapsedMs = since.elapsedMs + tick.elapsedMs;
  const skippedSamples = since.skippedSamples + tick.skippedSamples;
  if (last !== null && elapsedMs < HELD_BACK_MOST_MS && mayBeHeldBack(tick) && isUnchanged(last, raw)) {
    return { since: { elapsedMs, skippedSamples, unchangedMs: elapsedMs }, last, passed: null };
  }
  const passed = { elapsedMs, skippedSamples, unchangedMs: since.unchangedMs, raw };
  return { since: NOTHING_HELD_BACK, last: raw, passed };
};

export const withoutUnchanged = (samples$: Observable<TimedSample>): Observable<PassedSample> =>
  samples$.pipe(
    scan(take, START),
    map(({ passed }) => passed),
    filter((passed) => passed !== null),
  );
