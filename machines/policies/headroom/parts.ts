/** The numbers behind a decision, for the log and the reason. */
import type { Need, Observation } from '../policy';
import { standingRoomBytes, workingCacheBytes } from './memory-need';
import type { HeadroomParameters } from './parameters';
import type { HeadroomState } from './policy';

/** Only what is known has a key. */
export const partsOf = (parameters: HeadroomParameters, state: HeadroomState, seen: Observation): Need['parts'] => {
  const parts: Record<string, number> = { grantUpMs: seen.grantUpMs };
  const { demand, queue, memory, cpuHold, memHold } = state;
  const { computeUnit } = parameters;
  if (demand !== null && cpuHold !== null) {
    parts['levelCores'] = demand.level;
    parts['deviationCores'] = demand.deviation;
    parts['waitingCores'] = state.sampler.waitingCores ?? 0;
    parts['queueCores'] = queue.wantedCores;
    parts['heldCores'] = cpuHold.held * computeUnit.cpu;
  }
  if (seen.neededBytes !== null && memHold !== null) {
    parts['neededBytes'] = seen.neededBytes;
    parts['growthBytesPerS'] = seen.growthBytesPerS;
    parts['forecastBytes'] = memory.forecastBytes;
    parts['standingRoomBytes'] = standingRoomBytes(parameters, memory, seen);
    parts['workingCacheBytes'] = workingCacheBytes(parameters, seen);
    parts['heldBytes'] = memHold.held * computeUnit.mem;
  }
  return parts;
};
