/** The rows of the managed cgroup; kernel doc admin-guide/cgroup-v2. */
import { roundRoomBytes, roundUseBytes } from '../quantise';
import type { DeviceIoReading, Readings } from '../../machines/monitor/events/readings';
import { counterDelta } from '../counter-delta';
import type { CgroupLevel, DeviceIo, IoStat, MemoryEvents, MemoryLimits } from '../raw-sample';
import { ANY_CHANGE, CPU_STALLS, IO_STALLS, MEMORY_STALLS, CHANGED_FROM_BYTES, growth } from './fills';
import type { SignalCounter, Signals } from './signal';

const highEvents = growth((events: MemoryEvents | undefined) => events?.high);

/** A device that is new in the file: the cgroup had not used it before. */
const UNUSED: DeviceIo = { readBytes: 0, writtenBytes: 0, reads: 0, writes: 0 };

/** Null when the device did nothing, or when it is not known how much: its counters went back. */
const deviceGrowth = (before: DeviceIo, now: DeviceIo): DeviceIoReading | null => {
  const readBytesDelta = counterDelta(before.readBytes, now.readBytes);
  const writtenBytesDelta = counterDelta(before.writtenBytes, now.writtenBytes);
  const readsDelta = counterDelta(before.reads, now.reads);
  const writesDelta = counterDelta(before.writes, now.writes);
  if (readBytesDelta === undefined || writtenBytesDelta === undefined) return null;
  if (readsDelta === undefined || writesDelta === undefined || readsDelta + writesDelta === 0) return null;
  return { readBytesDelta, writtenBytesDelta, readsDelta, writesDelta };
};

const ioGrowth = (now: IoStat, before: IoStat | undefined): Record<string, DeviceIoReading> | undefined => {
  if (before === undefined || before === now) return undefined;
  const grown: Record<string, DeviceIoReading> = {};
  for (const [device, io] of Object.entries(now)) {
    const growth = deviceGrowth(before[device] ?? UNUSED, io);
    if (growth !== null) grown[device] = growth;
  }
  return Object.keys(grown).length === 0 ? undefined : grown;
};

/** What the metrics of io.stat show of each device. */
const eachDevice =
  (of: (io: DeviceIoReading) => number) =>
  ({ cgroup }: Readings): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries(cgroup?.io ?? {}).map(([device, io]) => [device, of(io)]));

const ioMetric = (name: string, help: string, of: (io: DeviceIoReading) => number): SignalCounter => ({
  kind: 'counter',
  name: `vm_monitor_cgroup_${name}_total`,
  help,
  label: 'device',
  grownBy: eachDevice(of),
});

type LimitOf = (level: CgroupLevel) => number | undefined;
const maxOf: LimitOf = ({ maxBytes }) => maxBytes;
const highOf: LimitOf = ({ highBytes }) => highBytes;

/** The limit that binds first while only the managed cgroup grows, as a bound on its own memory.current. */
const nearest = (
  { currentBytes, levels }: MemoryLimits,
  limitOf: LimitOf,
): { readonly bytes: number; readonly path: string } | undefined => {
  let found: { readonly bytes: number; readonly path: string } | undefined;
  for (const level of levels) {
    const limit = limitOf(level);
    if (limit === undefined) continue;
    // Use beside ours may be above a limit that was lowered meanwhile: then nothing is left, but no less than nothing.
    const bytes = Math.max(0, roundRoomBytes(limit - level.currentBytes + currentBytes));
    if (found === undefined || bytes < found.bytes) found = { bytes, path: level.path };
  }
  return found;
};

export const CGROUP_SIGNALS = {
  memoryStat: {
    root: 'cgroup',
    file: 'memory.stat',
    every: 'sample',
    source: 'cgroup.memory',
    changedFrom: {
      anonBytes: CHANGED_FROM_BYTES,
      shmemBytes: CHANGED_FROM_BYTES,
      kernelBytes: CHANGED_FROM_BYTES,
      fileBytes: CHANGED_FROM_BYTES,
    },
    requiredBy: ['cgroup'],
    fills: {
      cgroup: {
        anonBytes: ({ anonBytes }) => roundUseBytes(anonBytes),
        shmemBytes: ({ shmemBytes }) => roundUseBytes(shmemBytes),
        fileBytes: ({ fileBytes }) => roundUseBytes(fileBytes),
        kernelBytes: ({ kernelBytes }) => roundUseBytes(kernelBytes),
        fileMappedBytes: ({ fileMappedBytes }) => roundUseBytes(fileMappedBytes),
        activeFileBytes: ({ activeFileBytes: bytes }) => (bytes === undefined ? undefined : roundUseBytes(bytes)),
        refaultAnonPagesDelta: growth(({ refaultAnonPages }) => refaultAnonPages),
        refaultFilePagesDelta: growth(({ refaultFilePages }) => refaultFilePages),
      },
    },
  },
  memoryCurrent: {
    root: 'cgroup',
    file: 'memory.current',
    every: '500ms',
    source: 'cgroup.memory',
    requiredBy: ['cgroup'],
    fills: { cgroup: { currentBytes: roundUseBytes } },
  },
  swapCurrent: {
    root: 'cgroup',
    file: 'memory.swap.current',
    every: '500ms',
    source: 'cgroup.memory',
    // Without the file the kernel keeps no account of swap, and there is none to speak of.
    ifAbsent: { value: 0 },
    requiredBy: ['cgroup'],
    fills: { cgroup: { swapBytes: roundUseBytes } },
  },
  memoryHigh: {
    root: 'cgroup',
    file: 'memory.high',
    every: '1s',
    source: null,
    ifAbsent: { value: undefined },
    // A setting and not a gauge: exactly as it was written.
    fills: { cgroup: { highBytes: (bytes) => bytes } },
  },
  memoryLimits: {
    root: 'levels',
    file: 'memory.max',
    every: '1s',
    source: null,
    fills: {
      cgroup: {
        limitBytes: (limits) => nearest(limits, maxOf)?.bytes,
        limitPath: (limits) => nearest(limits, maxOf)?.path,
        throttleBytes: (limits) => nearest(limits, highOf)?.bytes,
        throttlePath: (limits) => nearest(limits, highOf)?.path,
      },
    },
    metrics: [
      {
        kind: 'gauge',
        name: 'vm_monitor_foreign_max_bytes',
        help: "Up to so much the managed cgroup may grow before somebody else's memory.max binds, its own or one above it.",
        read: ({ cgroup }) => cgroup?.limitBytes,
      },
      {
        kind: 'gauge',
        name: 'vm_monitor_foreign_high_bytes',
        help: 'The same of memory.high.',
        read: ({ cgroup }) => cgroup?.throttleBytes,
      },
    ],
  },
  memoryPressure: {
    root: 'cgroup',
    file: 'memory.pressure',
    every: '500ms',
    source: 'cgroup.pressure',
    fills: { pressure: MEMORY_STALLS },
  },
  cpuPressure: {
    root: 'cgroup',
    file: 'cpu.pressure',
    every: '500ms',
    source: 'cgroup.pressure',
    fills: { pressure: CPU_STALLS },
  },
  ioPressure: {
    root: 'cgroup',
    file: 'io.pressure',
    every: '500ms',
    source: 'cgroup.pressure',
    fills: { pressure: IO_STALLS },
  },
  ioStat: {
    root: 'cgroup',
    file: 'io.stat',
    every: '500ms',
    source: 'cgroup.io',
    // Without the controller `io` there is no such file, and nothing is counted.
    ifAbsent: { value: {} },
    fills: { cgroup: { io: ioGrowth } },
    metrics: [
      ioMetric('read_bytes', 'Bytes that the managed cgroup has read.', (io) => io.readBytesDelta),
      ioMetric('written_bytes', 'Bytes that the managed cgroup has written.', (io) => io.writtenBytesDelta),
      ioMetric('reads', 'Read operations of the managed cgroup.', (io) => io.readsDelta),
      ioMetric('writes', 'Write operations of the managed cgroup.', (io) => io.writesDelta),
    ],
  },
  cpuMax: {
    root: 'cgroup',
    file: 'cpu.max',
    every: '1s',
    source: 'cgroup.cpu',
    ifAbsent: { value: undefined },
    fills: { size: { quotaCpus: (cpus) => cpus } },
  },
  // Without these counters a notification tells nothing.
  memoryEvents: {
    root: 'cgroup',
    file: 'memory.events',
    every: '500ms',
    source: 'cgroup.watch',
    fills: {
      cgroup: {
        // A child above its own limit is no alarm of ours, a kill in a child is.
        highEventsDelta: (now, previous, { localEvents }) =>
          localEvents._tag === 'Right' && localEvents.right !== undefined ? undefined : highEvents(now, previous),
        oomKillEventsDelta: growth(({ oomKill }) => oomKill),
      },
    },
  },
  localEvents: {
    root: 'cgroup',
    file: 'memory.events.local',
    every: 'sample',
    source: 'cgroup.watch',
    ifAbsent: { value: undefined },
    changedFrom: { high: ANY_CHANGE, oomKill: ANY_CHANGE },
    fills: { cgroup: { highEventsDelta: highEvents } },
  },
} satisfies Partial<Signals>;
