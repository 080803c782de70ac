/** The reason of a goal in one sentence, and the numbers that it is made of. */
import type { Size } from '../../../shared/events/size';
import { formatBytes, formatCpu } from '../../../shared/format';
import type { Recommendation } from '../policy';
import type { GoalCuResult, SystemMetrics } from '../../../shared/goal-cu/formula';

/** Numbers for the log, of a result with system metrics. */
export const goalCuParts = (
  { goalCU, parts, hasAllMetrics }: GoalCuResult,
  system: SystemMetrics,
): Recommendation['parts'] => {
  const { cpu: cpuCU = 0, mem: memCU = 0, lfc: fileCacheCU } = parts;
  const { loadAverage1Min: loadCores, memoryUsageBytes: usedBytes } = system;
  const numbers = { goalCU, cpuCU, memCU, loadCores, usedBytes, metricsMissing: hasAllMetrics ? 0 : 1 };
  return fileCacheCU === undefined ? numbers : { ...numbers, fileCacheCU };
};

/** "goal 3 x (0.25 vCPU + 1 GiB): load 0.32 asks for 1.42, 2 GiB in use for 2.67". */
export const explainGoalCu = (unit: Size, { parts }: Recommendation): string => {
  const { goalCU, cpuCU, memCU, fileCacheCU, loadCores, usedBytes, metricsMissing } = parts;
  if (goalCU === undefined) return 'no goal: load or memory readings are missing';
  const asks = [
    `load ${round(loadCores)} asks for ${round(cpuCU)}`,
    `${formatBytes(usedBytes ?? 0)} in use for ${round(memCU)}`,
    ...(fileCacheCU === undefined ? [] : [`the file cache for ${round(fileCacheCU)}`]),
    ...(metricsMissing === 1 ? ['file cache metrics are missing, so not below the present size'] : []),
  ];
  return `goal ${goalCU} x (${formatCpu(unit.cpu)} + ${formatBytes(unit.mem)}): ${asks.join(', ')}`;
};

const round = (value = 0): number => Number(value.toFixed(2));
