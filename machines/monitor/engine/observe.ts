/** From readings to what policies and the pressure level go by. */
import type { MonitorContext } from '../statechart/context';
import type { SampleTaken } from '../events/inputs';
import type { Readings } from '../events/readings';
import type { Size } from '../../shared/events/size';
import { expectedMs, isLearned, LONGEST_GRANT_MS } from './grant-latency';
import { declaredReserveBytes } from '../memory/boot-reserve';
import { confirmsHigh } from '../memory/high';
import { exhaustionMs, runwayBytes } from '../memory/runway';
import { trueUseBytes, trueVmUseBytes } from '../memory/hot-unplug';
import type { MemoryOutlook } from '../memory/pressure-level';
import type { Observation } from '../policies/policy';
import { MIB, MINUTE_MS, SECOND_MS } from '../../shared/units';
import type { Domain, EngineConfig } from './state';

/** Observed and granted memory agree when they are this near. */
const AGREE_BYTES = 128 * MIB;

/** Read every 15 s: older than this it is a guess about another time. */
const WORKING_SET_COUNTS_MS = MINUTE_MS;
const PAGE_BYTES = 4096;

const perCore = (ms: number | undefined, elapsedMs: number): number | null =>
  ms === undefined || elapsedMs <= 0 ? null : ms / elapsedMs;

/** What the present request asks for beyond the granted memory; 0 without a request for more. */
const wishedBytes = ({ desired, granted }: MonitorContext): number =>
  desired === null || granted === null ? 0 : Math.max(0, desired.mem - granted.mem);

/** Learned, else reported by the agent (within reason), else the usual. */
export const grantUpMs = ({ latency }: Domain, context: MonitorContext): number =>
  context.etaMs === null || isLearned(latency, 'up')
    ? expectedMs(latency, 'up', wishedBytes(context))
    : Math.min(LONGEST_GRANT_MS, Math.max(0, context.etaMs));

/** Null: not known, or not any more. */
export const freshWorkingSet = (at: number, { workingSet }: Domain): readonly number[] | null =>
  workingSet === null || at - workingSet.at > WORKING_SET_COUNTS_MS ? null : workingSet.pages;

/** What is known of the cgroup's page cache. */
const fileCacheSeen = (
  { cgroup }: Readings,
  elapsedMs: number,
): Pick<Observation, 'fileBytes' | 'activeFileBytes' | 'refaultBytesPerS'> => {
  const refaultPages = cgroup?.refaultFilePagesDelta;
  return {
    fileBytes: cgroup === undefined ? null : Math.max(0, cgroup.fileBytes - cgroup.shmemBytes),
    activeFileBytes: cgroup?.activeFileBytes ?? null,
    refaultBytesPerS:
      refaultPages === undefined || elapsedMs <= 0 ? null : (refaultPages * PAGE_BYTES * SECOND_MS) / elapsedMs,
  };
};

export const toObservation = (
  at: number,
  sample: SampleTaken,
  domain: Domain,
  context: MonitorContext,
  config: EngineConfig,
): Observation => {
  const { cpu, memory } = sample.readings;
  return {
    at,
    elapsedMs: sample.elapsedMs,
    load1: cpu?.load1 ?? null,
    load5: cpu?.load5 ?? null,
    runCores: perCore(cpu?.busyMs, sample.elapsedMs),
    delayCores: perCore(cpu?.runDelayMs, sample.elapsedMs) ?? waitingCores(sample.readings),
    usedBytes: trueVmUseBytes(sample.readings, domain.hotUnplug),
    neededBytes: trueUseBytes(sample.readings, domain.hotUnplug),
    cachedBytes: memory?.cachedBytes ?? null,
    ...fileCacheSeen(sample.readings, sample.elapsedMs),
    workingSetPages: freshWorkingSet(at, domain),
    growthBytesPerS: domain.growth.bytesPerS,
    granted: context.granted ?? config.sizing.min,
    grantUpMs: grantUpMs(domain, context),
  };
};

/** Without schedstat: more tasks want to run than there are CPUs. */
const waitingCores = ({ cpu }: Readings): number | null =>
  cpu === undefined ? null : Math.max(0, cpu.procsRunning - cpu.onlineCpus);

/** A size that the kernel does not know of bounds the runway too. */
const virtualSizeBytes = (context: MonitorContext): number | null =>
  context.config.sizeFrom === 'agent' && context.granted !== null ? context.granted.mem : null;

/** How near memory is to its end; null without a reading of the VM's memory. */
export const toOutlook = (at: number, domain: Domain, context: MonitorContext): MemoryOutlook | null => {
  const { memory } = domain.readings;
  if (memory === undefined) return null;
  const virtual = virtualSizeBytes(context);
  const runway = runwayBytes(memory, virtual);
  return {
    runwayBytes: runway,
    sizeBytes: virtual ?? memory.totalBytes,
    exhaustionMs: exhaustionMs(runway, domain.growth.bytesPerS),
    grantUpMs: grantUpMs(domain, context),
    shortReported: at < domain.shortReportedUntil,
  };
};

/** A report of the kernel counts for this long: until a grant that was asked for at once is well on its way. */
const REPORT_COUNTS_MS = 2_000;

/** Until when a memory.high event counts, if this sample confirms it; else what counted before. */
export const afterHigh = (at: number, { readings, wire, shortReportedUntil }: Domain): number =>
  confirmsHigh(readings.cgroup, wire) ? at + REPORT_COUNTS_MS : shortReportedUntil;

/** The OOM killer struck since the last sample: nothing shows more plainly that the size was too small. */
export const afterOomKills = (at: number, readings: Readings, { shortReportedUntil }: Domain): number =>
  (readings.cgroup?.oomKillEventsDelta ?? 0) > 0 ? at + REPORT_COUNTS_MS : shortReportedUntil;

/** Such a report came with this very input: the size that is granted now is the one that was too small. */
export const isReportedNow = (at: number, { shortReportedUntil }: Domain): boolean =>
  shortReportedUntil === at + REPORT_COUNTS_MS;

/** The agent declares a size that the kernel shows nearly: the difference is what the kernel keeps (rule R11). */
export const declaredBootReserve = ({ readings, bootReserveBytes }: Domain, declared: Size | null): number | null => {
  if (declared === null || readings.memory === undefined) return bootReserveBytes;
  return declaredReserveBytes(declared.mem, readings.memory.totalBytes) ?? bootReserveBytes;
};

/** The size that the kernel shows; null while memory or CPUs are not readable. */
export const observedSize = ({ readings, bootReserveBytes }: Domain): Size | null => {
  const { memory, cpu } = readings;
  if (memory === undefined || cpu === undefined) return null;
  return {
    cpu: Math.min(cpu.onlineCpus, cpu.quotaCpus ?? Infinity),
    mem: memory.totalBytes + (bootReserveBytes ?? 0),
  };
};

export const agreesInMemory = (domain: Domain, granted: Size): boolean => {
  const observed = observedSize(domain);
  return observed !== null && Math.abs(observed.mem - granted.mem) <= AGREE_BYTES;
};

/** Whether the kernel shows what was granted (rule R11). */
export const agrees = (domain: Domain, granted: Size): boolean =>
  agreesInMemory(domain, granted) && (domain.readings.cpu?.onlineCpus ?? 0) >= Math.ceil(granted.cpu);
