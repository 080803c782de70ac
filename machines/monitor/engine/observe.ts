/** From readings to what policies and the pressure level go by. */
import type { MonitorContext } from '../statechart/context';
import type { SampleTaken } from '../events/inputs';
import type { Readings } from '../events/readings';
import type { Size } from '../../shared/events/size';
import { expectedMs, isLearned, LONGEST_GRANT_MS } from './grant-latency';
import { declaredReserveBytes } from '../memory/boot-reserve';
import { confirmsHigh } from '../memory/high';
import { exhaustionMs, runwaysOf } from '../memory/runway';
import { dirtyBytes, hotFileBytes } from '../memory/use';
import { riseBytes } from '../memory/growth';
import { trueUseBytes, trueVmUseBytes } from '../memory/hot-unplug';
import type { MemoryOutlook } from '../memory/pressure-level';
import type { Observation } from '../policies/policy';
import { MIB, MINUTE_MS, SECOND_MS } from '../../shared/units';
import type { Domain, EngineConfig } from './state';

/** Observed and granted memory agree when they are this near. */
const AGREE_BYTES = 128 * MIB;

/** Read every 15 s: older than this it is a guess about another time. */
const WORKING_SET_COUNTS_MS = MINUTE_MS;

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

/** Page cache that can be reclaimed, as far as it is not kept beside use already. */
const pageCacheBytes = ({ memory, cgroup }: Readings, besideBytes: number): number | null => {
  const source = cgroup === undefined ? memory?.cachedBytes : cgroup.fileBytes;
  const shmemBytes = (cgroup ?? memory)?.shmemBytes;
  return source === undefined || shmemBytes === undefined ? null : Math.max(0, source - shmemBytes - besideBytes);
};

const sharedBytes = ({ cgroup, memory }: Readings): number => cgroup?.shmemBytes ?? memory?.shmemBytes ?? 0;

/** Shared memory beyond what the file cache may be is none of it. */
export const sharedBaseBytes = (
  { readings, sharedBaseBytes: known }: Domain,
  { fileCache }: MonitorContext,
): number => {
  const shared = sharedBytes(readings);
  return Math.min(shared, Math.max(known, shared - (fileCache.sizeBytes ?? Infinity)));
};

/** Postgres' file cache in memory is shared memory: all that may be of it is taken for it. Null: there is none. */
export const fileCacheUseBytes = (
  { readings, sharedBaseBytes: base }: Domain,
  { config, fileCache }: MonitorContext,
): number | null =>
  config.fileCache !== 'memory' || fileCache.sizeBytes === null
    ? null
    : Math.min(fileCache.sizeBytes, Math.max(0, sharedBytes(readings) - base));

/** Share of a time, in µs, of another one in ms. */
const share = (us: number | undefined, elapsedMs: number): number | null =>
  us === undefined || elapsedMs <= 0 ? null : us / 1000 / elapsedMs;

/** Cores that could have been busy. */
const capacityCores = ({ cpu }: Readings, granted: Size): number => Math.min(granted.cpu, cpu?.quotaCpus ?? Infinity);

/** A quota of the cgroup holds tasks back whatever the size: waiting for it is no reason to grow. */
const isBoundByQuota = ({ cpu }: Readings, granted: Size): boolean => (cpu?.quotaCpus ?? Infinity) <= granted.cpu;

/** What was stolen by the host would have run. */
const runCores = ({ cpu }: Readings, elapsedMs: number): number | null =>
  perCore(cpu?.busyMs === undefined ? undefined : cpu.busyMs + (cpu.stealMs ?? 0), elapsedMs);

/**
 * Runnable tasks that waited: by schedstat, else those that are counted as running beyond what ran. PSI is the least of it
 * (some task waited in this share of the time): it sees also those that the host held back unseen.
 */
const waitingTasks = (readings: Readings, granted: Size, elapsedMs: number): number | null => {
  const { cpu, pressure } = readings;
  if (cpu === undefined || elapsedMs <= 0) return null;
  if (isBoundByQuota(readings, granted)) return 0;
  const counted = Math.max(0, cpu.procsRunning - (runCores(readings, elapsedMs) ?? cpu.onlineCpus));
  return Math.max(perCore(cpu.runDelayMs, elapsedMs) ?? counted, share(pressure?.cpuSomeUs, elapsedMs) ?? 0);
};

/** Run time for each timeslice. */
const taskSeconds = ({ cpu }: Readings): number | null =>
  cpu?.busyMs === undefined || cpu.timeslicesDelta === undefined || cpu.timeslicesDelta <= 0
    ? null
    : cpu.busyMs / SECOND_MS / cpu.timeslicesDelta;

/** Of the managed cgroup, over all devices; those that were not used are not there. */
const readsPerS = ({ cgroup }: Readings, elapsedMs: number): number | null => {
  if (cgroup === undefined) return null;
  const reads = Object.values(cgroup.io ?? {}).reduce((sum, { readsDelta }) => sum + readsDelta, 0);
  return perCore(reads, elapsedMs / SECOND_MS);
};

const besideBytes = ({ readings, refaulted }: Domain, granted: Size): number =>
  dirtyBytes(readings) + hotFileBytes(readings, refaulted?.bytes ?? 0, granted.mem);

export const toObservation = (
  at: number,
  { elapsedMs, readings }: SampleTaken,
  domain: Domain,
  context: MonitorContext,
  config: EngineConfig,
): Observation => {
  const { cpu, memory, cgroup, pressure } = readings;
  const granted = context.granted ?? config.sizing.min;
  const use = trueUseBytes(readings, domain.hotUnplug);
  const fileCacheBytes = fileCacheUseBytes(domain, context);
  const beside = besideBytes(domain, granted);
  return {
    at,
    elapsedMs,
    load1: cpu?.load1 ?? null,
    load5: cpu?.load5 ?? null,
    runCores: runCores(readings, elapsedMs),
    waitingTasks: waitingTasks(readings, granted, elapsedMs),
    taskSeconds: taskSeconds(readings),
    capacityCores: capacityCores(readings, granted),
    usedBytes: trueVmUseBytes(readings, domain.hotUnplug),
    neededBytes: use === null ? null : Math.max(0, use - (fileCacheBytes ?? 0)),
    besideBytes: beside,
    keptBytes: domain.bootReserveBytes ?? 0,
    freeBytes: memory?.freeBytes ?? null,
    cachedBytes: memory?.cachedBytes ?? null,
    pageCacheBytes: pageCacheBytes(readings, beside),
    fileCacheBytes,
    workingSetPages: freshWorkingSet(at, domain),
    refaultPagesPerS: perCore(cgroup?.refaultFilePagesDelta, elapsedMs / SECOND_MS),
    readsPerS: readsPerS(readings, elapsedMs),
    cpuStallFraction: share(pressure?.cpuSomeUs, elapsedMs),
    ioStallFraction: share(pressure?.ioSomeUs, elapsedMs),
    memoryStallFraction: share(pressure?.memorySomeUs, elapsedMs),
    granted,
    shortageBytes: context.floors.shortage?.size.mem ?? 0,
    growthBytesPerS: domain.growth.sustainedBytesPerS,
    riseBytes: riseBytes(domain.growth),
    grantUpMs: grantUpMs(domain, context),
  };
};

/** A size that the kernel does not know of bounds the runway too. */
const virtualSizeBytes = (context: MonitorContext): number | null =>
  context.config.sizeFrom === 'agent' && context.granted !== null ? context.granted.mem : null;

/** How near memory is to its end; null without a reading of the VM's memory. */
export const toOutlook = (at: number, domain: Domain, context: MonitorContext): MemoryOutlook | null => {
  const runways = runwaysOf(domain.readings, virtualSizeBytes(context));
  if (runways === null) return null;
  const growthBytesPerS = domain.growth.bytesPerS;
  return {
    ...runways,
    growthBytesPerS,
    exhaustionMs: exhaustionMs(runways.shortest.bytes, growthBytesPerS),
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
