/** The numbers behind a decision, for the log and the reason. */
import type { Need, Observation } from '../policy';
import { standingRoomBytes, workingCacheBytes } from './memory-recommendation';
import type { HeadroomParameters } from './parameters';
import type { HeadroomState } from './state';

/** 0 for what is not known yet or not readable: the need itself then says so. */
export const partsOf = (parameters: HeadroomParameters, state: HeadroomState, seen: Observation): Need['parts'] => {
  const { demand, queue, memory, cpuHold, memHold, sampler } = state;
  const { computeUnit } = parameters;
  return {
    levelCores: demand?.level ?? 0,
    deviationCores: demand?.deviation ?? 0,
    waitingCores: sampler.waitingCores ?? 0,
    queueCores: queue.wantedCores,
    heldCores: (cpuHold?.held ?? 0) * computeUnit.cpu,
    leastCores: (cpuHold?.needed ?? 0) * computeUnit.cpu,
    neededBytes: seen.neededBytes ?? 0,
    growthBytesPerS: seen.growthBytesPerS,
    grantUpMs: seen.grantUpMs,
    forecastBytes: memory.forecastBytes,
    standingRoomBytes: standingRoomBytes(parameters, memory, seen),
    workingCacheBytes: workingCacheBytes(parameters, seen),
    leastBytes: (memHold?.needed ?? 0) * computeUnit.mem,
    heldBytes: (memHold?.held ?? 0) * computeUnit.mem,
  };
};
