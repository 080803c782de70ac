/**
 * The pure fold from what the files said to what the core is told: counters become growth, bytes are
 * rounded, a source that fails leaves its group out, and changes of sources become events.
 */
import { isLeft, isRight } from 'fp-ts/Either';
import type {
  CgroupReading,
  CpuReading,
  MemoryReading,
  PressureReading,
  Readings,
  SourceName,
} from '../machines/monitor/events/readings';
import { type Counters, type Deltas, countersOf, deltasOf } from './counters';
import { roundRoomBytes, roundUseBytes } from './quantise';
import type { RawSample } from './raw-sample';
import { type SourceChange, sourceChanges } from './source-states';

/** What one sample leaves for the next. */
export interface ReadingsState {
  readonly counters: Counters;
  readonly lost: ReadonlySet<SourceName>;
}

export interface FoldedSample {
  readonly state: ReadingsState;
  readonly readings: Readings;
  readonly changes: readonly SourceChange[];
}

export const initialReadingsState: ReadingsState = { counters: {}, lost: new Set() };

/** In this mode allocations fail at CommitLimit, long before memory is used up; kernel doc mm/overcommit-accounting. */
const STRICT_OVERCOMMIT = 2;

/** Leaves out the fields that are undefined. */
const present = <Name extends string>(
  fields: Readonly<Record<Name, number | undefined>>,
): Partial<Record<Name, number>> => {
  const kept: Partial<Record<Name, number>> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
};

const room = (bytes: number | undefined): number | undefined =>
  bytes === undefined ? undefined : roundRoomBytes(bytes);
const use = (bytes: number | undefined): number | undefined => (bytes === undefined ? undefined : roundUseBytes(bytes));

const memoryReading = ({ proc }: RawSample, deltas: Deltas): MemoryReading | undefined => {
  if (isLeft(proc.meminfo)) return undefined;
  const meminfo = proc.meminfo.right;
  const strict = isRight(proc.overcommitMode) && proc.overcommitMode.right === STRICT_OVERCOMMIT;
  return {
    totalBytes: roundRoomBytes(meminfo.totalBytes),
    availableBytes: roundRoomBytes(meminfo.availableBytes),
    freeBytes: roundRoomBytes(meminfo.freeBytes),
    cachedBytes: roundRoomBytes(meminfo.cachedBytes),
    shmemBytes: roundUseBytes(meminfo.shmemBytes),
    dirtyBytes: roundUseBytes(meminfo.dirtyBytes),
    writebackBytes: roundUseBytes(meminfo.writebackBytes),
    ...present({
      kernelRoomBytes: isRight(proc.kernelRoomBytes) ? roundRoomBytes(proc.kernelRoomBytes.right) : undefined,
      commitLimitBytes: strict ? room(meminfo.commitLimitBytes) : undefined,
      committedBytes: strict ? use(meminfo.committedBytes) : undefined,
      swapInPagesDelta: deltas.swapInPages,
      swapOutPagesDelta: deltas.swapOutPages,
    }),
  };
};

const cgroupReading = ({ cgroup }: RawSample, deltas: Deltas): CgroupReading | undefined => {
  const { memoryStat, currentBytes, swapBytes, highBytes } = cgroup;
  if (isLeft(memoryStat) || isLeft(currentBytes) || isLeft(swapBytes)) return undefined;
  const stat = memoryStat.right;
  return {
    anonBytes: roundUseBytes(stat.anonBytes),
    shmemBytes: roundUseBytes(stat.shmemBytes),
    fileBytes: roundUseBytes(stat.fileBytes),
    kernelBytes: roundUseBytes(stat.kernelBytes),
    fileMappedBytes: roundUseBytes(stat.fileMappedBytes),
    // Without the file the kernel keeps no account of swap, and there is none to speak of.
    swapBytes: roundUseBytes(swapBytes.right ?? 0),
    currentBytes: roundUseBytes(currentBytes.right),
    ...present({
      activeFileBytes: use(stat.activeFileBytes),
      // A setting and not a gauge: exactly as it was written.
      highBytes: isRight(highBytes) ? highBytes.right : undefined,
      refaultAnonPagesDelta: deltas.refaultAnonPages,
      refaultFilePagesDelta: deltas.refaultFilePages,
      highEventsDelta: deltas.highEvents,
      oomEventsDelta: deltas.oomEvents,
      oomKillEventsDelta: deltas.oomKillEvents,
    }),
  };
};

const pressureReading = ({ proc, cgroup }: RawSample, deltas: Deltas): PressureReading | undefined => {
  const { memory, cpu, io } = proc.pressure ?? cgroup.pressure;
  if (isLeft(memory) && isLeft(cpu) && isLeft(io)) return undefined;
  const { memorySomeUs, memoryFullUs, cpuSomeUs, ioSomeUs, ioFullUs } = deltas;
  return present({ memorySomeUs, memoryFullUs, cpuSomeUs, ioSomeUs, ioFullUs });
};

const cpuReading = ({ proc, cgroup }: RawSample, deltas: Deltas): CpuReading | undefined => {
  if (isLeft(proc.cpu) || isLeft(proc.load)) return undefined;
  return {
    onlineCpus: proc.cpu.right.onlineCpus,
    procsRunning: Math.max(0, proc.cpu.right.procsRunning - 1),
    load1: proc.load.right.load1,
    load5: proc.load.right.load5,
    ...present({
      quotaCpus: isRight(cgroup.quotaCpus) ? cgroup.quotaCpus.right : undefined,
      busyMs: deltas.busyMs,
      stealMs: deltas.stealMs,
      runDelayMs: deltas.runDelayMs,
      cgroupBusyMs: deltas.cgroupBusyMs,
    }),
  };
};

const readingsOf = (raw: RawSample, deltas: Deltas): Readings => {
  const memory = memoryReading(raw, deltas);
  const cgroup = cgroupReading(raw, deltas);
  const pressure = pressureReading(raw, deltas);
  const cpu = cpuReading(raw, deltas);
  return {
    ...(memory && { memory }),
    ...(cgroup && { cgroup }),
    ...(pressure && { pressure }),
    ...(cpu && { cpu }),
  };
};

/** One beat: what the core is told of `raw`, given what the sample before left. */
export const foldSample = (state: ReadingsState, raw: RawSample): FoldedSample => {
  const counters = countersOf(raw);
  const { changes, lost } = sourceChanges(state.lost, raw);
  return { state: { counters, lost }, readings: readingsOf(raw, deltasOf(state.counters, counters)), changes };
};
