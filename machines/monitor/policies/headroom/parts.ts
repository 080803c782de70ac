/** The numbers behind a decision, for the log and the reason. */
import type { Recommendation, Observation } from '../policy';
import { standingRoomBytes, workingCacheBytes } from './memory-need';
import type { HeadroomParameters } from './parameters';
import type { HeadroomState } from './state';

/** 0 for what is not known yet or not readable: the recommendation itself then shows it. */
export const partsOf = (
  parameters: HeadroomParameters,
  { demand, wait, memory, cpuRetention, memRetention, pageCache }: HeadroomState,
  observed: Observation,
  cacheBytes: number,
): Recommendation['parts'] => {
  const { computeUnit } = parameters;
  const use = observed.neededBytes ?? 0;
  return {
    levelCores: demand?.level ?? 0,
    deviationCores: demand?.deviation ?? 0,
    waitingTasks: observed.waitingTasks ?? 0,
    catchUpCores: wait.catchUpCores,
    hiddenCores: wait.hiddenCores,
    crowdedFraction: wait.isCrowded ? wait.stallFraction : 0,
    retainedCores: (cpuRetention?.retained ?? 0) * computeUnit.cpu,
    leastCores: (cpuRetention?.recommended ?? 0) * computeUnit.cpu,
    neededBytes: use,
    growthBytesPerS: observed.growthBytesPerS,
    grantUpMs: observed.grantUpMs,
    forecastBytes: memory.forecastBytes,
    standingRoomBytes: standingRoomBytes(memory, use),
    workingCacheBytes: workingCacheBytes(observed),
    cacheFloorBytes: cacheBytes,
    cacheStallFraction: pageCache.stallFraction,
    leastBytes: (memRetention?.recommended ?? 0) * computeUnit.mem,
    retainedBytes: (memRetention?.retained ?? 0) * computeUnit.mem,
  };
};
