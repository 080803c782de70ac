/**
 * The policy `headroom`: CPU for the level of demand and a little above it, memory for use when a grant arrives, cache as far
 * as it pays; up at once, down when a smaller size saves more than a resize costs. docs/policies.md tells it in pictures.
 */
import { unitsUp } from '../../../shared/sizing';
import { MINUTE_MS } from '../../../shared/units';
import { sizeHolding } from '../../memory/ladder';
import type { Observation, Policy, Recommendation } from '../policy';
import { sampleCpu } from './cpu-sample';
import { observeWait, uncrowdedCores } from './cpu-wait';
import { levelNeedCores, observeDemand } from './demand';
import { explainHeadroom } from './explain';
import { observeMemory, presentBytes } from './memory-need';
import { cacheFloorBytes, observePageCache } from './page-cache';
import { completeParameters, type HeadroomParameters } from './parameters';
import { partsOf } from './parts';
import { observeRecommendation } from './retention';
import { HeadroomState, INITIAL } from './state';

type CpuState = Pick<HeadroomState, 'cpu' | 'demand' | 'wait' | 'cpuRetention'>;
type MemoryState = Pick<HeadroomState, 'memory' | 'pageCache' | 'memRetention'>;

/** What a shrink looks back at the least after a start: a fresh one knows no history (rule R12). */
const FIRST_LOOK_MS = 5 * MINUTE_MS;

const stepCpu = (parameters: HeadroomParameters, state: HeadroomState, observed: Observation): CpuState => {
  const { part, sample } = sampleCpu(state.cpu, observed);
  if (sample === null) return { cpu: part, demand: state.demand, wait: state.wait, cpuRetention: state.cpuRetention };
  const { cpu: unit } = parameters.computeUnit;
  const { at, granted } = observed;
  const demand = observeDemand(parameters, state.demand, sample);
  const wait = observeWait(parameters, state.wait, at, sample);
  // What was hidden is need that comes back; to catch up is not.
  const cores = Math.max(levelNeedCores(parameters, demand), wait.hiddenCores, uncrowdedCores(wait, demand.level));
  const needed = unitsUp(cores, unit);
  return {
    cpu: part,
    demand,
    wait,
    cpuRetention: observeRecommendation(parameters, state.cpuRetention, at, needed, unitsUp(granted.cpu, unit)),
  };
};

const stepMemory = (parameters: HeadroomParameters, state: HeadroomState, observed: Observation): MemoryState => {
  const { at, neededBytes, granted } = observed;
  if (neededBytes === null) return state;
  const { mem: unit } = parameters.computeUnit;
  const memory = observeMemory(parameters, state.memory, observed, neededBytes);
  // A shortage is a need that came: how often it does is learned as of any other.
  const present = Math.max(presentBytes(memory, observed, neededBytes), observed.shortageBytes);
  const needed = unitsUp(present, unit);
  return {
    memory,
    pageCache: observePageCache(parameters, state.pageCache, observed),
    memRetention: observeRecommendation(parameters, state.memRetention, at, needed, unitsUp(granted.mem, unit)),
  };
};

const cpuNeed = ({ computeUnit }: HeadroomParameters, state: HeadroomState, observed: Observation): number | null => {
  const isReadable = observed.runCores !== null || observed.load1 !== null;
  if (!isReadable || state.cpuRetention === null) return null;
  return Math.max(state.cpuRetention.retained * computeUnit.cpu, state.wait.catchUpCores);
};

/** Without page cache. */
const useNeed = ({ computeUnit }: HeadroomParameters, { memRetention, memory }: HeadroomState): number =>
  Math.max((memRetention?.retained ?? 0) * computeUnit.mem, memory.forecastBytes);

/** Page cache that a size has room for beside what is in use. */
const cacheRoomBytes = (sizeBytes: number, { neededBytes, keptBytes, besideBytes }: Observation): number =>
  sizeBytes - sizeHolding('approved', (neededBytes ?? 0) + keptBytes + besideBytes);

const pageCacheNeed = (parameters: HeadroomParameters, state: HeadroomState, observed: Observation): number => {
  const { mem: unit } = parameters.computeUnit;
  const wanted = unitsUp(useNeed(parameters, state), unit) * unit;
  return cacheFloorBytes(parameters, state.pageCache, observed, wanted, cacheRoomBytes(wanted, observed));
};

/** Throws RangeError for a parameter that is not allowed. Keys left out take their default. */
export const createHeadroomPolicy = (options: Partial<HeadroomParameters> = {}): Policy<HeadroomState> => {
  const parameters = completeParameters(options);
  return {
    name: 'headroom',
    longestWindowMs: Math.max(FIRST_LOOK_MS, parameters.lookMs),
    initial: INITIAL,
    step: (old, observed) => {
      const { cpu, demand, wait, cpuRetention } = stepCpu(parameters, old, observed);
      const { memory, pageCache, memRetention } = stepMemory(parameters, old, observed);
      // Key by key: in a simulation a spread here costs as much as all the rest of a step.
      const state: HeadroomState = { cpu, demand, wait, memory, pageCache, cpuRetention, memRetention };
      const isReadable = observed.neededBytes !== null && memRetention !== null;
      const cacheBytes = isReadable ? pageCacheNeed(parameters, state, observed) : 0;
      const recommendation: Recommendation = {
        cpu: cpuNeed(parameters, state, observed),
        memBytes: isReadable ? Math.max(useNeed(parameters, state), cacheBytes) : null,
        parts: partsOf(parameters, state, observed, cacheBytes),
      };
      return { state, recommendation };
    },
    explain: (recommendation) => explainHeadroom(recommendation),
    stateCodec: HeadroomState,
  };
};
