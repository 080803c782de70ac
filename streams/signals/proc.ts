/** The rows of /proc: the whole VM. */
import { roundRoomBytes, roundUseBytes } from '../quantise';
import type { RawSignals, RunDelay } from '../raw-sample';
import { ANY_CHANGE, CPU_STALLS, IO_STALLS, MEMORY_STALLS, CHANGED_FROM_BYTES, growth, wholeMs } from './fills';
import type { Fill, Signals } from './signal';

/** In this mode allocations fail at CommitLimit, long before memory is used up; kernel doc mm/overcommit-accounting. */
const STRICT_OVERCOMMIT = 2;
const isStrict = ({ overcommit }: RawSignals): boolean =>
  overcommit._tag === 'Right' && overcommit.right === STRICT_OVERCOMMIT;

/** A CPU that leaves or returns takes its share of the sums with it. */
const whileCpusStay =
  (grown: Fill<RunDelay, number | undefined>): Fill<RunDelay, number | undefined> =>
  (now, previous, raw) =>
    now.cpus === previous?.cpus ? grown(now, previous, raw) : undefined;

export const PROC_SIGNALS = {
  meminfo: {
    root: 'proc',
    file: 'meminfo',
    every: 'sample',
    source: 'proc.meminfo',
    changedFrom: {
      totalBytes: ANY_CHANGE,
      availableBytes: CHANGED_FROM_BYTES,
      shmemBytes: CHANGED_FROM_BYTES,
      committedBytes: CHANGED_FROM_BYTES,
      swapUsedBytes: CHANGED_FROM_BYTES,
    },
    requiredBy: ['memory'],
    fills: {
      size: { totalBytes: ({ totalBytes }) => roundRoomBytes(totalBytes) },
      memory: {
        availableBytes: ({ availableBytes }) => roundRoomBytes(availableBytes),
        freeBytes: ({ freeBytes }) => roundRoomBytes(freeBytes),
        cachedBytes: ({ cachedBytes }) => roundRoomBytes(cachedBytes),
        shmemBytes: ({ shmemBytes }) => roundUseBytes(shmemBytes),
        dirtyBytes: ({ dirtyBytes }) => roundUseBytes(dirtyBytes),
        writebackBytes: ({ writebackBytes }) => roundUseBytes(writebackBytes),
        swapUsedBytes: ({ swapUsedBytes: bytes }) => (bytes === undefined ? undefined : roundUseBytes(bytes)),
        commitLimitBytes: ({ commitLimitBytes: bytes }, _previous, raw) =>
          bytes !== undefined && isStrict(raw) ? roundRoomBytes(bytes) : undefined,
        committedBytes: ({ committedBytes: bytes }, _previous, raw) =>
          bytes !== undefined && isStrict(raw) ? roundUseBytes(bytes) : undefined,
      },
    },
    metrics: [
      {
        kind: 'gauge',
        name: 'host_memory_total_bytes',
        help: 'MemTotal of the VM.',
        read: ({ memory }) => memory?.totalBytes,
      },
      {
        kind: 'gauge',
        name: 'host_memory_available_bytes',
        help: 'MemAvailable of the VM.',
        read: ({ memory }) => memory?.availableBytes,
      },
      {
        kind: 'gauge',
        name: 'host_memory_cached_bytes',
        help: 'Page cache of the VM (Cached in /proc/meminfo).',
        read: ({ memory }) => memory?.cachedBytes,
      },
      {
        kind: 'gauge',
        name: 'vm_monitor_swap_used_bytes',
        help: 'Swap of the VM that is used (SwapTotal - SwapFree).',
        read: ({ memory }) => memory?.swapUsedBytes,
      },
    ],
  },
  zoneinfo: {
    root: 'proc',
    file: 'zoneinfo',
    every: '1s',
    source: 'proc.zoneinfo',
    fills: { memory: { kernelRoomBytes: roundRoomBytes } },
  },
  vmstat: {
    root: 'proc',
    file: 'vmstat',
    every: '1s',
    source: 'proc.vmstat',
    fills: {
      memory: {
        swapInPagesDelta: growth(({ swapInPages }) => swapInPages),
        swapOutPagesDelta: growth(({ swapOutPages }) => swapOutPages),
      },
    },
    metrics: [
      {
        kind: 'counter',
        name: 'vm_monitor_swapped_pages_total',
        help: 'Pages of 4 KiB that the VM has swapped in and out.',
        label: 'direction',
        grownBy: ({ memory }) => ({ in: memory?.swapInPagesDelta, out: memory?.swapOutPagesDelta }),
      },
    ],
  },
  // Switches fields of meminfo on.
  overcommit: { root: 'proc', file: 'sys/vm/overcommit_memory', every: '1s', source: null, fills: {} },
  stat: {
    root: 'proc',
    file: 'stat',
    every: '500ms',
    source: 'proc.stat',
    requiredBy: ['cpu'],
    fills: {
      size: { onlineCpus: ({ onlineCpus }) => onlineCpus },
      cpu: {
        procsRunning: ({ procsRunning }) => Math.max(0, procsRunning - 1),
        busyMs: growth(({ busyMs }) => busyMs),
        stealMs: growth(({ stealMs }) => stealMs),
      },
    },
  },
  schedstat: {
    root: 'proc',
    file: 'schedstat',
    every: '500ms',
    source: 'proc.schedstat',
    fills: {
      cpu: {
        runDelayMs: whileCpusStay(growth(({ runDelayUs }) => wholeMs(runDelayUs))),
        timeslicesDelta: whileCpusStay(growth(({ timeslices }) => timeslices)),
      },
    },
  },
  loadavg: {
    root: 'proc',
    file: 'loadavg',
    // The kernel itself moves the load averages once in 5 s.
    every: '1s',
    source: 'proc.loadavg',
    fills: { cpu: { load1: ({ load1 }) => load1, load5: ({ load5 }) => load5 } },
    metrics: [
      { kind: 'gauge', name: 'host_load1', help: 'Load average over 1 minute.', read: ({ cpu }) => cpu?.load1 },
      { kind: 'gauge', name: 'host_load5', help: 'Load average over 5 minutes.', read: ({ cpu }) => cpu?.load5 },
    ],
  },
  // The cgroup's own PSI comes first; these rows are for cgroups without (and for none at all).
  vmMemoryPressure: {
    root: 'proc',
    file: 'pressure/memory',
    every: '500ms',
    source: 'proc.pressure',
    insteadOf: 'memoryPressure',
    fills: { pressure: MEMORY_STALLS },
  },
  vmCpuPressure: {
    root: 'proc',
    file: 'pressure/cpu',
    every: '500ms',
    source: 'proc.pressure',
    insteadOf: 'memoryPressure',
    fills: { pressure: CPU_STALLS },
  },
  vmIoPressure: {
    root: 'proc',
    file: 'pressure/io',
    every: '500ms',
    source: 'proc.pressure',
    insteadOf: 'memoryPressure',
    fills: { pressure: IO_STALLS },
  },
} satisfies Partial<Signals>;
