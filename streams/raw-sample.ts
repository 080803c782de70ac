/**
 * What the kernel's files said in one sample: absolute values, nothing compared yet. The adapters fill it by the
 * table of signals.ts, the streams turn it into readings. It is declared here so that streams import no adapter.
 */
import { type Either, left } from 'fp-ts/Either';

/** Right: what the file said. Left: why it cannot be read, in one line that names the file. */
export type Read<A> = Either<string, A>;

export interface Meminfo {
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly availableBytes: number;
  readonly cachedBytes: number;
  readonly shmemBytes: number;
  readonly dirtyBytes: number;
  readonly writebackBytes: number;
  readonly swapUsedBytes: number | undefined;
  readonly commitLimitBytes: number | undefined;
  readonly committedBytes: number | undefined;
}

/** In pages of 4 KiB, whatever the kernel's. */
export interface SwapCounters {
  readonly swapInPages: number;
  readonly swapOutPages: number;
}

export interface CpuTimes {
  /** Summed over all CPUs since boot. */
  readonly busyMs: number;
  readonly stealMs: number;
  readonly onlineCpus: number;
  /** The reader counts itself. */
  readonly procsRunning: number;
}

export interface RunDelay {
  /** Summed over the CPUs listed, since boot. */
  readonly runDelayUs: number;
  readonly timeslices: number;
  /** How many CPUs were summed: a CPU that leaves or returns takes its share of the sum with it. */
  readonly cpus: number;
}

export interface LoadAverage {
  readonly load1: number;
  readonly load5: number;
}

/** The `total=` values of one PSI file. Older kernels have no `full` line for the CPU. */
export interface StallTotals {
  readonly someUs: number;
  readonly fullUs: number | undefined;
}

export interface MemoryStat {
  readonly anonBytes: number;
  readonly shmemBytes: number;
  readonly fileBytes: number;
  readonly kernelBytes: number;
  readonly fileMappedBytes: number;
  readonly activeFileBytes: number | undefined;
  /** Pages of 4 KiB, whatever the kernel's. */
  readonly refaultAnonPages: number | undefined;
  readonly refaultFilePages: number | undefined;
}

export interface MemoryEvents {
  readonly high: number;
  readonly oomKill: number;
}

/** The memory of one cgroup on the way from the mount to the managed one, as far as somebody else limits it. */
export interface CgroupLevel {
  /** Relative to the mount, which itself is "/". */
  readonly path: string;
  readonly currentBytes: number;
  /** memory.max; undefined: "max", or a limit of ours. */
  readonly maxBytes: number | undefined;
  /** The same of memory.high. */
  readonly highBytes: number | undefined;
}

/** Since the cgroup was made. */
export interface DeviceIo {
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly reads: number;
  readonly writes: number;
}

/** By device, MAJ:MIN; only those that the cgroup has used. */
export type IoStat = Readonly<Record<string, DeviceIo>>;

/** Limits of somebody else, read at one instant. */
export interface MemoryLimits {
  /** memory.current of the managed cgroup. */
  readonly currentBytes: number;
  /** Those that are limited, the managed cgroup first. */
  readonly levels: readonly CgroupLevel[];
}

/** What the parser of each signal gives. Each name is a row of signals.ts. */
export interface RawValues {
  readonly meminfo: Meminfo;
  /** Bytes free or reclaimable in the zones that carry kernel allocations. */
  readonly zoneinfo: number;
  readonly vmstat: SwapCounters;
  /** vm.overcommit_memory: 0, 1 or 2. */
  readonly overcommit: number;
  readonly stat: CpuTimes;
  readonly schedstat: RunDelay;
  readonly loadavg: LoadAverage;
  readonly vmMemoryPressure: StallTotals;
  readonly vmCpuPressure: StallTotals;
  readonly vmIoPressure: StallTotals;
  readonly memoryStat: MemoryStat;
  readonly memoryCurrent: number;
  readonly swapCurrent: number;
  /** Undefined: "max". */
  readonly memoryHigh: number | undefined;
  readonly memoryLimits: MemoryLimits;
  readonly memoryPressure: StallTotals;
  readonly cpuPressure: StallTotals;
  readonly ioPressure: StallTotals;
  readonly ioStat: IoStat;
  /** In CPUs; undefined: "max". */
  readonly cpuMax: number | undefined;
  /** This cgroup and its children. */
  readonly memoryEvents: MemoryEvents;
  /** This cgroup alone; undefined on kernels without the file. */
  readonly localEvents: MemoryEvents | undefined;
}

export type SignalName = keyof RawValues;

export type RawSignals = { readonly [Name in SignalName]: Read<RawValues[Name]> };

export interface RawSample extends RawSignals {
  /** Whether there is a cgroup to read at all; without one its sources are not missing. */
  readonly cgroupNamed: boolean;
  /** Right while the kernel would notify us of memory events. */
  readonly watch: Read<true>;
}

/** Stands for a file that was not read because another one makes it needless. */
export const NOT_READ: Read<never> = left('not needed, the cgroup has its own');
