/**
 * Which sources a sample could read, and the events that tell of changes. A source is taken to be there
 * until a sample says otherwise: one that is missing from the start is reported lost once.
 */
import { type Either, isLeft } from 'fp-ts/Either';
import { type Observable, map, scan } from 'rxjs';
import type { InputEvent } from '../machines/monitor/events/inputs';
import type { SourceName } from '../machines/monitor/events/readings';
import { NOT_READ, type RawSample, type Read, type SignalName } from './raw-sample';
import { SIGNALS, SIGNAL_NAMES } from './signals';

export type SourceChange = Extract<InputEvent, { type: 'source.lost' | 'source.found' }>;

/** Right: readable. Left: why not. Null: not tried in this sample, nothing is known anew. */
export type SourceState = Either<string, unknown> | null;

interface Source {
  readonly source: SourceName;
  readonly isOfCgroup: boolean;
  readonly isWatch: boolean;
  readonly signals: readonly [first: SignalName, ...others: SignalName[]];
}

/** The watch needs its counters, and besides is one itself. */
const WATCH: SourceName = 'cgroup.watch';

const SOURCES = SIGNAL_NAMES.reduce<readonly Source[]>((sources, name) => {
  const { source, root } = SIGNALS[name];
  if (source === null) return sources;
  const known = sources.find((each) => each.source === source);
  if (known === undefined) {
    return [...sources, { source, isOfCgroup: root !== 'proc', isWatch: source === WATCH, signals: [name] }];
  }
  return sources.map((each) => (each === known ? { ...known, signals: [...known.signals, name] } : each));
}, []);

/** A source of several files is lost when one of them is; the readings keep what the others say. */
const stateOf = ({ isOfCgroup, isWatch, signals }: Source, raw: RawSample): SourceState => {
  if (isOfCgroup && !raw.cgroupNamed) return null;
  if (isWatch && isLeft(raw.watch)) return raw.watch;
  let read: Read<unknown> = raw[signals[0]];
  for (const name of signals) {
    read = raw[name];
    if (isLeft(read)) break;
  }
  return read === NOT_READ ? null : read;
};

/** All sources in a fixed order. */
export const sourceStates = (raw: RawSample): readonly { source: SourceName; state: SourceState }[] =>
  SOURCES.map((each) => ({ source: each.source, state: stateOf(each, raw) }));

export interface SourceProgress {
  readonly changes: readonly SourceChange[];
  /** What is missing now. */
  readonly lost: ReadonlySet<SourceName>;
}

const NO_CHANGES: readonly SourceChange[] = [];
export const NOTHING_LOST: SourceProgress = { changes: NO_CHANGES, lost: new Set() };

const after = (lost: ReadonlySet<SourceName>, changes: readonly SourceChange[]): ReadonlySet<SourceName> => {
  const missing = new Set(lost);
  for (const { type, source } of changes) {
    if (type === 'source.lost') missing.add(source);
    else missing.delete(source);
  }
  return missing;
};

/** The changes since the sample after which `lost` were missing. */
export const sourcesAfter = ({ lost }: SourceProgress, raw: RawSample): SourceProgress => {
  let changes: SourceChange[] | null = null;
  for (const each of SOURCES) {
    const state = stateOf(each, raw);
    if (state === null || isLeft(state) === lost.has(each.source)) continue;
    changes ??= [];
    if (isLeft(state)) changes.push({ type: 'source.lost', source: each.source, reason: state.left });
    else changes.push({ type: 'source.found', source: each.source });
  }
  return changes === null ? { changes: NO_CHANGES, lost } : { changes, lost: after(lost, changes) };
};

/** For each sample the sources that were lost or found with it. */
export const sourceChanges = (raw$: Observable<RawSample>): Observable<readonly SourceChange[]> =>
  raw$.pipe(
    scan(sourcesAfter, NOTHING_LOST),
    map(({ changes }) => changes),
  );
