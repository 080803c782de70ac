/**
 * What one sample can read. Every group is optional: a missing group means that the source is
 * missing (never zero). Gauges are as read; fields named "...Delta" or "...Ms"/"...Us" under
 * "since the last sample" count from the previous reading of the same source and are absent on its
 * first reading, and after its counter went back (the cgroup was re-created, the VM rebooted).
 * Byte gauges are rounded to 64 KiB by the streams: memory.stat itself is no fresher than that.
 */
import * as t from 'io-ts';
import { finite } from '../../shared/events/finite';

/** /proc/meminfo, /proc/zoneinfo and /proc/vmstat: the whole VM. */
export const MemoryReading = t.intersection([
  t.type({
    totalBytes: finite,
    availableBytes: finite,
    freeBytes: finite,
    cachedBytes: finite,
    shmemBytes: finite,
    dirtyBytes: finite,
    writebackBytes: finite,
  }),
  t.partial({
    /**
     * What is free in the zones that carry kernel allocations (all but Movable), their file pages and reclaimable slab;
     * /proc/zoneinfo.
     */
    kernelRoomBytes: finite,
    /** SwapTotal − SwapFree: what the whole VM has swapped out, inside the managed cgroup or not. */
    swapUsedBytes: finite,
    /** vm.overcommit_memory = 2 only: CommitLimit and Committed_AS. */
    commitLimitBytes: finite,
    committedBytes: finite,
    /** Since the last sample: pages of 4 KiB (whatever the kernel's) swapped in and out, /proc/vmstat pswpin and pswpout. */
    swapInPagesDelta: finite,
    swapOutPagesDelta: finite,
  }),
]);
export type MemoryReading = t.TypeOf<typeof MemoryReading>;

/** I/O of the managed cgroup on one device since the last sample: bytes and operations. */
export const DeviceIoReading = t.type({
  readBytesDelta: finite,
  writtenBytesDelta: finite,
  readsDelta: finite,
  writesDelta: finite,
});
export type DeviceIoReading = t.TypeOf<typeof DeviceIoReading>;

/** The managed cgroup: memory.stat, memory.current, memory.swap.current, memory.high, memory.events, io.stat. */
export const CgroupReading = t.intersection([
  t.type({
    anonBytes: finite,
    shmemBytes: finite,
    fileBytes: finite,
    kernelBytes: finite,
    fileMappedBytes: finite,
    swapBytes: finite,
    currentBytes: finite,
  }),
  t.partial({
    /** File pages that were touched again: the kernel drops them last. */
    activeFileBytes: finite,
    /** memory.high; absent when it is "max" or unreadable. */
    highBytes: finite,
    /**
     * Up to so much `currentBytes` may grow before somebody else's memory.max binds, that of the managed cgroup or of one above
     * it: the least of limit − current of that cgroup + current of ours. Absent: nobody has set one.
     */
    limitBytes: finite,
    /** The cgroup whose memory.max that is, relative to the mount. */
    limitPath: t.string,
    /** The same of memory.high, at which the kernel slows down and reclaims. Our own tripwire is none. */
    throttleBytes: finite,
    throttlePath: t.string,
    /** Since the last sample; refaults in pages of 4 KiB, whatever the kernel's. */
    refaultAnonPagesDelta: finite,
    refaultFilePagesDelta: finite,
    highEventsDelta: finite,
    oomKillEventsDelta: finite,
    /** By device (MAJ:MIN), of those that were used since the last sample; absent when there was none. */
    io: t.readonly(t.record(t.string, DeviceIoReading)),
  }),
]);
export type CgroupReading = t.TypeOf<typeof CgroupReading>;

/** Growth of the "total=" stall times since the last sample, in µs; kernel doc accounting/psi. */
export const PressureReading = t.partial({
  memorySomeUs: finite,
  memoryFullUs: finite,
  cpuSomeUs: finite,
  ioSomeUs: finite,
  ioFullUs: finite,
});
export type PressureReading = t.TypeOf<typeof PressureReading>;

/** /proc/stat, /proc/schedstat, /proc/loadavg and cpu.max: of these only /proc/stat is needed. */
export const CpuReading = t.intersection([
  t.type({
    onlineCpus: finite,
    /** Tasks running or waiting to run, /proc/stat procs_running, without the reader itself. */
    procsRunning: finite,
  }),
  t.partial({
    load1: finite,
    load5: finite,
    /** cpu.max of the managed cgroup as a number of CPUs; absent when "max". */
    quotaCpus: finite,
    /** Since the last sample, summed over CPUs: time not idle (without steal), time stolen by the host,
     * time that runnable tasks waited for a CPU and timeslices that they ran, one wait each (/proc/schedstat; absent without). */
    busyMs: finite,
    stealMs: finite,
    runDelayMs: finite,
    timeslicesDelta: finite,
  }),
]);
export type CpuReading = t.TypeOf<typeof CpuReading>;

/** All readings of one sample. */
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
  'cgroup.io': null,
  'cgroup.cpu': null,
  'cgroup.watch': null,
});
export type SourceName = t.TypeOf<typeof SourceName>;
