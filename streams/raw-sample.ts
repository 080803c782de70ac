/**
 * What the kernel's files said in one beat: absolute values, nothing compared yet. The adapters fill
 * it, the fold in readings.ts turns it into readings. It lives here so that streams import no adapter.
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
  readonly commitLimitBytes: number | undefined;
  readonly committedBytes: number | undefined;
}

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

export interface Pressure {
  readonly memory: Read<StallTotals>;
  readonly cpu: Read<StallTotals>;
  readonly io: Read<StallTotals>;
}

export interface MemoryStat {
  readonly anonBytes: number;
  readonly shmemBytes: number;
  readonly fileBytes: number;
  readonly kernelBytes: number;
  readonly fileMappedBytes: number;
  readonly activeFileBytes: number | undefined;
  readonly refaultAnonPages: number | undefined;
  readonly refaultFilePages: number | undefined;
}

export interface MemoryEvents {
  readonly high: number;
  readonly oom: number;
  readonly oomKill: number;
}

export interface ProcSample {
  readonly meminfo: Read<Meminfo>;
  /** Bytes free in the zones that carry kernel allocations. */
  readonly kernelRoomBytes: Read<number>;
  readonly swap: Read<SwapCounters>;
  /** vm.overcommit_memory: 0, 1 or 2. */
  readonly overcommitMode: Read<number>;
  readonly cpu: Read<CpuTimes>;
  readonly runDelay: Read<RunDelay>;
  readonly load: Read<LoadAverage>;
  /** Null: not read, because the cgroup has its own. */
  readonly pressure: Pressure | null;
}

/** `undefined` inside a Right: the kernel has no such file here, or it says "max". */
export interface CgroupSample {
  readonly memoryStat: Read<MemoryStat>;
  readonly currentBytes: Read<number>;
  readonly swapBytes: Read<number | undefined>;
  readonly highBytes: Read<number | undefined>;
  /** memory.events: this cgroup and its children. */
  readonly events: Read<MemoryEvents>;
  /** memory.events.local: this cgroup alone. */
  readonly localEvents: Read<MemoryEvents | undefined>;
  readonly cpuUsageUs: Read<number>;
  readonly quotaCpus: Read<number | undefined>;
  readonly pressure: Pressure;
  /** Right while the kernel would notify us of memory events. */
  readonly watch: Read<true>;
}

export interface RawSample {
  readonly proc: ProcSample;
  /** Whether there is a cgroup to read at all; without one its sources are not missing. */
  readonly cgroupNamed: boolean;
  readonly cgroup: CgroupSample;
}

const unreadablePressure = (reason: string): Pressure => ({
  memory: left(reason),
  cpu: left(reason),
  io: left(reason),
});

/** The sample of a cgroup that is not there. */
export const unreadableCgroup = (reason: string): CgroupSample => ({
  memoryStat: left(reason),
  currentBytes: left(reason),
  swapBytes: left(reason),
  highBytes: left(reason),
  events: left(reason),
  localEvents: left(reason),
  cpuUsageUs: left(reason),
  quotaCpus: left(reason),
  pressure: unreadablePressure(reason),
  watch: left(reason),
});

/** The sample of a beat in which the reader itself failed. */
export const unreadableSample = (reason: string): RawSample => ({
  proc: {
    meminfo: left(reason),
    kernelRoomBytes: left(reason),
    swap: left(reason),
    overcommitMode: left(reason),
    cpu: left(reason),
    runDelay: left(reason),
    load: left(reason),
    pressure: unreadablePressure(reason),
  },
  cgroupNamed: true,
  cgroup: unreadableCgroup(reason),
});
