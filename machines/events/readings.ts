/**
 * What one beat can read. Every group is optional: a missing group means that the source is
 * missing (never zero). Gauges are as read; fields named "...Delta" or "...Ms"/"...Us" under
 * "since the last beat" count from the previous reading of the same source and are absent on its
 * first reading, and after its counter went back (the cgroup was re-created, the VM rebooted).
 * Byte gauges are rounded to 64 KiB by the sampler: memory.stat itself is no fresher than that.
 */
import * as t from 'io-ts';

/** /proc/meminfo, /proc/zoneinfo and /proc/vmstat: the whole VM. */
export const MemoryReading = t.intersection([
  t.type({
    totalBytes: t.number,
    availableBytes: t.number,
    freeBytes: t.number,
    cachedBytes: t.number,
    shmemBytes: t.number,
    dirtyBytes: t.number,
    writebackBytes: t.number,
  }),
  t.partial({
    /** Free pages and droppable file pages of the zones that carry kernel allocations (all but Movable), /proc/zoneinfo. */
    kernelRoomBytes: t.number,
    /** vm.overcommit_memory = 2 only: CommitLimit and Committed_AS. */
    commitLimitBytes: t.number,
    committedBytes: t.number,
    /** Since the last beat: pages swapped in and out, /proc/vmstat pswpin and pswpout. */
    swapInPagesDelta: t.number,
    swapOutPagesDelta: t.number,
  }),
]);
export type MemoryReading = t.TypeOf<typeof MemoryReading>;

/** The managed cgroup: memory.stat, memory.current, memory.swap.current, memory.high, memory.events. */
export const CgroupReading = t.intersection([
  t.type({
    anonBytes: t.number,
    shmemBytes: t.number,
    fileBytes: t.number,
    kernelBytes: t.number,
    fileMappedBytes: t.number,
    swapBytes: t.number,
    currentBytes: t.number,
  }),
  t.partial({
    /** File pages that were touched again: the kernel drops them last. */
    activeFileBytes: t.number,
    /** memory.high; absent when it is "max" or unreadable. */
    highBytes: t.number,
    /** Since the last beat. */
    refaultAnonPagesDelta: t.number,
    refaultFilePagesDelta: t.number,
    highEventsDelta: t.number,
    oomEventsDelta: t.number,
    oomKillEventsDelta: t.number,
  }),
]);
export type CgroupReading = t.TypeOf<typeof CgroupReading>;

/** Growth of the "total=" stall times since the last beat, in µs; kernel doc accounting/psi. */
export const PressureReading = t.partial({
  memorySomeUs: t.number,
  memoryFullUs: t.number,
  cpuSomeUs: t.number,
  ioSomeUs: t.number,
  ioFullUs: t.number,
});
export type PressureReading = t.TypeOf<typeof PressureReading>;

/** /proc/stat, /proc/schedstat, /proc/loadavg and cpu.max. */
export const CpuReading = t.intersection([
  t.type({
    onlineCpus: t.number,
    /** Tasks running or waiting to run, /proc/stat procs_running, without the reader itself. */
    procsRunning: t.number,
    load1: t.number,
    load5: t.number,
  }),
  t.partial({
    /** cpu.max of the managed cgroup as a number of CPUs; absent when "max". */
    quotaCpus: t.number,
    /** Since the last beat, summed over CPUs: time not idle (without steal), time stolen by the host,
     * time that runnable tasks waited for a CPU (/proc/schedstat run_delay; absent without schedstat). */
    busyMs: t.number,
    stealMs: t.number,
    runDelayMs: t.number,
    /** Since the last beat: CPU time of the managed cgroup, cpu.stat usage_usec. */
    cgroupBusyMs: t.number,
  }),
]);
export type CpuReading = t.TypeOf<typeof CpuReading>;

/** All readings of one beat. */
export const Readings = t.partial({
  memory: MemoryReading,
  cgroup: CgroupReading,
  /** The cgroup's PSI where it has one, else the VM's (/proc/pressure). */
  pressure: PressureReading,
  cpu: CpuReading,
});
export type Readings = t.TypeOf<typeof Readings>;

/** The sources whose loss and return are events of their own. */
export const SourceName = t.keyof({
  'proc.meminfo': null,
  'proc.zoneinfo': null,
  'proc.vmstat': null,
  'proc.stat': null,
  'proc.schedstat': null,
  'proc.loadavg': null,
  'proc.pressure': null,
  'cgroup.memory': null,
  'cgroup.pressure': null,
  'cgroup.cpu': null,
  'cgroup.watch': null,
});
export type SourceName = t.TypeOf<typeof SourceName>;
