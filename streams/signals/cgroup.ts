/** The rows of the managed cgroup; kernel doc admin-guide/cgroup-v2. */
import { roundUseBytes } from '../quantise';
import type { MemoryEvents } from '../raw-sample';
import { ANY_CHANGE, CPU_STALLS, IO_STALLS, MEMORY_STALLS, NEWS_BYTES, growth } from './fills';
import type { Signals } from './signal';

const highEvents = growth((events: MemoryEvents | undefined) => events?.high);

export const CGROUP_SIGNALS = {
  memoryStat: {
    root: 'cgroup',
    file: 'memory.stat',
    every: 'sample',
    source: 'cgroup.memory',
    newsFrom: { anonBytes: NEWS_BYTES, shmemBytes: NEWS_BYTES, kernelBytes: NEWS_BYTES, fileBytes: NEWS_BYTES },
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
    newsFrom: { high: ANY_CHANGE, oomKill: ANY_CHANGE },
    fills: { cgroup: { highEventsDelta: highEvents } },
  },
} satisfies Partial<Signals>;
