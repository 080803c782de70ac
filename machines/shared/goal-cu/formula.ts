/**
 * The size that neondatabase/autoscaling's agent would give the VM, in whole compute units.
 * Source: pkg/agent/core/goalcu.go. Not taken over: the cut of the result to 16 bits, and dividing
 * by targets of zero (the config is checked).
 */
import { NOT_NEGATIVE, POSITIVE, requireEach, requireFields } from '../check';
import { MIB } from '../units';
import { completeGoalCuConfig, type GoalCuConfig } from './config';
import { fileCachePart, type FileCachePart } from './file-cache-part';

/** One compute unit, e.g. 0.25 vCPU and 1 GiB. */
export interface ComputeUnit {
  readonly vcpu: number;
  readonly memBytes: number;
}

/** What the agent's reader of metrics adds to MemTotal - MemAvailable, for the kernel's own share. */
export const USAGE_RESERVE_BYTES = 100 * MIB;

export interface SystemMetrics {
  readonly loadAverage1Min: number;
  readonly loadAverage5Min: number;
  /** MemTotal - MemAvailable + 100 MiB: the sender has already added the reserve. */
  readonly memoryUsageBytes: number;
  /** Page cache. */
  readonly memoryCachedBytes: number;
}

export interface FileCacheMetrics {
  /** Working-set size in 8 KiB pages for windows of 1, 2, … n minutes, without gaps. */
  readonly approximateWorkingSetSizeBuckets: readonly number[];
}

/** What is known; null means that the metrics are missing. */
export interface GoalCuMetrics {
  readonly system: SystemMetrics | null;
  readonly lfc: FileCacheMetrics | null;
}

export interface GoalCuInput extends GoalCuMetrics {
  /** Keys left out take their default. */
  readonly config: Partial<GoalCuConfig>;
  readonly computeUnit: ComputeUnit;
}

export interface GoalCuResult {
  /** Whole compute units, before the bounds. */
  readonly goalCU: number;
  /**
   * What each resource asks for, in fractions of a unit. A part is left out when its metrics are
   * missing (it counts as 0); `lfc` is 0 when its series is too short.
   */
  readonly parts: { readonly cpu?: number; readonly mem?: number; readonly lfc?: number };
  /** System metrics are there, and the file cache's too if the config enables them. */
  readonly hasAllMetrics: boolean;
}

const UNIT_FIELDS = { vcpu: POSITIVE, memBytes: POSITIVE };
const SYSTEM_FIELDS = {
  loadAverage1Min: NOT_NEGATIVE,
  loadAverage5Min: NOT_NEGATIVE,
  memoryUsageBytes: NOT_NEGATIVE,
  memoryCachedBytes: NOT_NEGATIVE,
};

/** The goal for one set of metrics. Throws RangeError for a config, unit or metric outside its bounds. */
export const goalComputeUnits = (input: GoalCuInput): GoalCuResult => {
  const config = completeGoalCuConfig(input.config);
  requireFields('computeUnit', input.computeUnit, UNIT_FIELDS);
  if (input.system !== null) requireFields('system', input.system, SYSTEM_FIELDS);
  if (input.lfc !== null) {
    requireEach('lfc.approximateWorkingSetSizeBuckets', input.lfc.approximateWorkingSetSizeBuckets, NOT_NEGATIVE);
  }
  return goalOf(config, input.computeUnit, input);
};

/** The same for a config and a unit that are known to be good; file cache metrics count even when not enabled. */
export const goalOf = (config: GoalCuConfig, unit: ComputeUnit, { system, lfc }: GoalCuMetrics): GoalCuResult => {
  const cache = lfc && fileCachePart(config, unit.memBytes, lfc.approximateWorkingSetSizeBuckets);
  const parts: { cpu?: number; mem?: number; lfc?: number } = {};
  if (system !== null) {
    parts.cpu = cpuPart(config, unit, system);
    parts.mem = memPart(config, unit, system, cache);
  }
  if (cache !== null) parts.lfc = cache.goalCU;
  return {
    // Only CPU is rounded to the nearest unit (1.4 CU of load give 1), as it always was in the agent.
    // Math.round goes half up, which is half away from zero here: parts are never negative.
    goalCU: Math.ceil(Math.max(Math.round(parts.cpu ?? 0), parts.mem ?? 0, parts.lfc ?? 0)),
    parts,
    hasAllMetrics: system !== null && (!config.enableLFCMetrics || lfc !== null),
  };
};

const cpuPart = (config: GoalCuConfig, unit: ComputeUnit, system: SystemMetrics): number => {
  const { loadAverage1Min, loadAverage5Min } = system;
  const calmUpTo = config.cpuStableZoneRatio * loadAverage5Min;
  const mixedUpTo = calmUpTo + config.cpuMixedZoneRatio * loadAverage5Min;
  const weight = weightOfLoad1(Math.abs(loadAverage1Min - loadAverage5Min), calmUpTo, mixedUpTo);
  const load = weight * loadAverage1Min + (1 - weight) * loadAverage5Min;
  return load / config.loadAverageFractionTarget / unit.vcpu;
};

/** 0 in the calm zone, 1 beyond the mixed zone, between them linear (the agent keeps off 0/0 by 1e-6). */
const weightOfLoad1 = (difference: number, calmUpTo: number, mixedUpTo: number): number => {
  if (difference <= calmUpTo) return 0;
  if (difference >= mixedUpTo) return 1;
  return (difference - calmUpTo) / (mixedUpTo - calmUpTo + 1e-6);
};

/** Use must fit its target; use and the cached part of the working set must fit theirs together. */
const memPart = (
  config: GoalCuConfig,
  unit: ComputeUnit,
  system: SystemMetrics,
  cache: FileCachePart | null,
): number => {
  const { memoryUsageBytes, memoryCachedBytes } = system;
  const usePart = Math.round(memoryUsageBytes / config.memoryUsageFractionTarget) / unit.memBytes;
  if (cache === null || cache.workingSetBytes === null) return usePart;
  const cachedBytes = Math.min(cache.workingSetBytes, memoryCachedBytes);
  const totalPart = (cachedBytes + memoryUsageBytes) / config.memoryTotalFractionTarget / unit.memBytes;
  return Math.max(usePart, totalPart);
};
