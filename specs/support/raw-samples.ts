/** A sample in which everything could be read, to change one thing at a time. */
import { right } from 'fp-ts/Either';
import { MIB } from '../../machines/shared/units';
import {
  type MemoryEvents,
  NOT_READ,
  type RawSample,
  type RawSignals,
  type SignalName,
  type StallTotals,
} from '../../streams/raw-sample';
import { SIGNALS, SIGNAL_NAMES } from '../../streams/signals';
import { unreadableSignals } from '../../streams/signals/unreadable';

type Pressure = Readonly<Record<'memory' | 'cpu' | 'io', StallTotals>>;

const stallsOf = (someUs: number): Pressure => ({
  memory: { someUs, fullUs: someUs / 2 },
  cpu: { someUs: someUs * 2, fullUs: undefined },
  io: { someUs: someUs * 3, fullUs: someUs },
});

/** The cgroup's PSI. */
export const pressureOf = (someUs: number): Pick<RawSignals, 'memoryPressure' | 'cpuPressure' | 'ioPressure'> => {
  const { memory, cpu, io } = stallsOf(someUs);
  return { memoryPressure: right(memory), cpuPressure: right(cpu), ioPressure: right(io) };
};

/** The VM's PSI. */
export const vmPressureOf = (
  someUs: number,
): Pick<RawSignals, 'vmMemoryPressure' | 'vmCpuPressure' | 'vmIoPressure'> => {
  const { memory, cpu, io } = stallsOf(someUs);
  return { vmMemoryPressure: right(memory), vmCpuPressure: right(cpu), vmIoPressure: right(io) };
};

export const eventsOf = (high: number, oomKill = 0): MemoryEvents => ({ high, oomKill });

const SAMPLE: RawSample = {
  meminfo: right({
    totalBytes: 1024 * MIB,
    freeBytes: 350 * MIB,
    availableBytes: 700 * MIB,
    cachedBytes: 200 * MIB,
    shmemBytes: 32 * MIB,
    dirtyBytes: MIB,
    writebackBytes: 0,
    swapUsedBytes: 0,
    commitLimitBytes: 512 * MIB,
    committedBytes: 256 * MIB,
  }),
  zoneinfo: right(300 * MIB),
  vmstat: right({ swapInPages: 10, swapOutPages: 20 }),
  overcommit: right(0),
  stat: right({ busyMs: 50_000, stealMs: 100, onlineCpus: 2, procsRunning: 3 }),
  schedstat: right({ runDelayUs: 7_000_400, timeslices: 40, cpus: 2 }),
  loadavg: right({ load1: 0.5, load5: 0.25 }),
  vmMemoryPressure: NOT_READ,
  vmCpuPressure: NOT_READ,
  vmIoPressure: NOT_READ,
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
  memoryCurrent: right(300 * MIB),
  swapCurrent: right(0),
  memoryHigh: right(undefined),
  memoryLimits: right({ currentBytes: 300 * MIB, levels: [] }),
  memoryEvents: right(eventsOf(0)),
  localEvents: right(eventsOf(0)),
  ioStat: right({}),
  cpuMax: right(undefined),
  ...pressureOf(1000),
  cgroupNamed: true,
  watch: right(true),
};

export const rawSample = (change: Partial<RawSample> = {}): RawSample => ({ ...SAMPLE, ...change });

const CGROUP_NAMES: readonly SignalName[] = SIGNAL_NAMES.filter((name) => SIGNALS[name].root !== 'proc');

/** The sample of a cgroup that is not there. */
export const withoutCgroup = (reason: string, change: Partial<RawSample> = {}): RawSample => {
  const unreadable = unreadableSignals(reason);
  const lost = Object.fromEntries(CGROUP_NAMES.map((name) => [name, unreadable[name]]));
  return rawSample({ ...lost, watch: unreadable.meminfo as RawSample['watch'], ...change });
};
