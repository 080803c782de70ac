/** A sample in which everything could be read, to change one thing at a time. */
import { right } from 'fp-ts/Either';
import { MIB } from '../../machines/shared/units';
import type { CgroupSample, MemoryEvents, Pressure, ProcSample, RawSample } from '../../streams/raw-sample';

export const pressureOf = (someUs: number): Pressure => ({
  memory: right({ someUs, fullUs: someUs / 2 }),
  cpu: right({ someUs: someUs * 2, fullUs: undefined }),
  io: right({ someUs: someUs * 3, fullUs: someUs }),
});

export const eventsOf = (high: number, oomKill = 0): MemoryEvents => ({ high, oom: oomKill, oomKill });

const PROC: ProcSample = {
  meminfo: right({
    totalBytes: 1024 * MIB,
    freeBytes: 350 * MIB,
    availableBytes: 700 * MIB,
    cachedBytes: 200 * MIB,
    shmemBytes: 32 * MIB,
    dirtyBytes: MIB,
    writebackBytes: 0,
    commitLimitBytes: 512 * MIB,
    committedBytes: 256 * MIB,
  }),
  kernelRoomBytes: right(300 * MIB),
  swap: right({ swapInPages: 10, swapOutPages: 20 }),
  overcommitMode: right(0),
  cpu: right({ busyMs: 50_000, stealMs: 100, onlineCpus: 2, procsRunning: 3 }),
  runDelay: right({ runDelayUs: 7_000_400, cpus: 2 }),
  load: right({ load1: 0.5, load5: 0.25 }),
  pressure: null,
};

const CGROUP: CgroupSample = {
  memoryStat: right({
    anonBytes: 64 * MIB,
    shmemBytes: 32 * MIB,
    fileBytes: 200 * MIB,
    kernelBytes: 8 * MIB,
    fileMappedBytes: 40 * MIB,
    activeFileBytes: 60 * MIB,
    refaultAnonPages: 0,
    refaultFilePages: 500,
  }),
  currentBytes: right(300 * MIB),
  swapBytes: right(0),
  highBytes: right(undefined),
  events: right(eventsOf(0)),
  localEvents: right(eventsOf(0)),
  cpuUsageUs: right(5_000_900),
  quotaCpus: right(undefined),
  pressure: pressureOf(1000),
  watch: right(true),
};

export const rawSample = (change: { proc?: Partial<ProcSample>; cgroup?: Partial<CgroupSample> } = {}): RawSample => ({
  proc: { ...PROC, ...change.proc },
  cgroupNamed: true,
  cgroup: { ...CGROUP, ...change.cgroup },
});
