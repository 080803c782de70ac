/** The numbers behind a decision, for the log and the reason. */
import type { Recommendation, Observation } from '../policy';
import { standingRoomBytes, workingCacheBytes } from './memory-recommendation';
import type { HeadroomParameters } from './parameters';
import type { HeadroomState } from './state';

/** 0 for what is not known yet or not readable: the recommendation itself then shows it. */
export const partsOf = (
  parameters: HeadroomParameters,
  state: HeadroomState,
  observed: Observation,
): Recommendation['parts'] => {
  const { demand, queue, memory, cpuRetention, memRetention, sampler } = state;
  const { computeUnit } = parameters;
  return {
    levelCores: demand?.level ?? 0,
    deviationCores: demand?.deviation ?? 0,
    waitingCores: sampler.waitingCores ?? 0,
    queueCores: queue.wantedCores,
    retainedCores: (cpuRetention?.retained ?? 0) * computeUnit.cpu,
    leastCores: (cpuRetention?.recommended ?? 0) * computeUnit.cpu,
    neededBytes: observed.neededBytes ?? 0,
    growthBytesPerS: observed.growthBytesPerS,
    grantUpMs: observed.grantUpMs,
    forecastBytes: memory.forecastBytes,
    standingRoomBytes: standingRoomBytes(parameters, memory, observed),
    workingCacheBytes: workingCacheBytes(parameters, observed),
    leastBytes: (memRetention?.recommended ?? 0) * computeUnit.mem,
    retainedBytes: (memRetention?.retained ?? 0) * computeUnit.mem,
  };
};
