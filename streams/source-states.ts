/**
 * Which sources a sample could read, and the events that tell of changes. A source is taken to be there
 * until a sample says otherwise: one that is missing from the start is reported lost once.
 */
import { type Either, isLeft, right } from 'fp-ts/Either';
import type { InputEvent } from '../machines/monitor/events/inputs';
import type { SourceName } from '../machines/monitor/events/readings';
import type { Pressure, RawSample } from './raw-sample';

export type SourceChange = Extract<InputEvent, { type: 'source.lost' | 'source.found' }>;

/** Right: readable. Left: why not. Null: not tried in this sample, nothing is known anew. */
export type SourceState = Either<string, unknown> | null;

const READABLE = right(undefined);
const allOf = (...reads: readonly Either<string, unknown>[]): Either<string, unknown> => {
  for (const read of reads) if (isLeft(read)) return read;
  return READABLE;
};

const pressureState = (pressure: Pressure): SourceState => allOf(pressure.memory, pressure.cpu, pressure.io);

const ofCgroup =
  (stateOf: (cgroup: RawSample['cgroup']) => SourceState) =>
  ({ cgroup, cgroupNamed }: RawSample): SourceState =>
    cgroupNamed ? stateOf(cgroup) : null;

/** A source of several files is lost when one of them is; the readings keep what the others say. */
const STATES: Readonly<Record<SourceName, (raw: RawSample) => SourceState>> = {
  'proc.meminfo': ({ proc }) => proc.meminfo,
  'proc.zoneinfo': ({ proc }) => proc.kernelRoomBytes,
  'proc.vmstat': ({ proc }) => proc.swap,
  'proc.stat': ({ proc }) => proc.cpu,
  'proc.schedstat': ({ proc }) => proc.runDelay,
  'proc.loadavg': ({ proc }) => proc.load,
  'proc.pressure': ({ proc }) => proc.pressure && pressureState(proc.pressure),
  'cgroup.memory': ofCgroup((cgroup) => allOf(cgroup.memoryStat, cgroup.currentBytes, cgroup.swapBytes)),
  'cgroup.pressure': ofCgroup((cgroup) => pressureState(cgroup.pressure)),
  'cgroup.cpu': ofCgroup((cgroup) => allOf(cgroup.cpuUsageUs, cgroup.quotaCpus)),
  // Without its counters a notification tells nothing.
  'cgroup.watch': ofCgroup((cgroup) => allOf(cgroup.watch, cgroup.events, cgroup.localEvents)),
};

// Object.entries widens the keys to string; they are those of STATES.
const SOURCES = Object.entries(STATES) as [SourceName, (raw: RawSample) => SourceState][];

/** All sources in a fixed order. */
export const sourceStates = (raw: RawSample): readonly { source: SourceName; state: SourceState }[] =>
  SOURCES.map(([source, stateOf]) => ({ source, state: stateOf(raw) }));

/** The changes since the sample after which `lost` were missing, and what is missing now. */
export const sourceChanges = (
  lost: ReadonlySet<SourceName>,
  raw: RawSample,
): { readonly changes: readonly SourceChange[]; readonly lost: ReadonlySet<SourceName> } => {
  const changes: SourceChange[] = [];
  for (const [source, stateOf] of SOURCES) {
    const state = stateOf(raw);
    if (state === null) continue;
    if (isLeft(state) && !lost.has(source)) changes.push({ type: 'source.lost', source, reason: state.left });
    if (!isLeft(state) && lost.has(source)) changes.push({ type: 'source.found', source });
  }
  if (changes.length === 0) return { changes, lost };
  const after = new Set(lost);
  for (const change of changes) {
    if (change.type === 'source.lost') after.add(change.source);
    else after.delete(change.source);
  }
  return { changes, lost: after };
};
