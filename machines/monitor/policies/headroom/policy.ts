/**
 * The policy `headroom`: as near to the demand as the price of resizing allows. CPU is sized for the
 * level of demand and not for its jitter, with what it takes to catch up with a queue; memory for use,
 * for the growth until grants arrive, and for the cache that is read again. Up at once; down when a
 * smaller size has begun to pay and is expected to, by how soon the recommendation has returned before.
 */
import { unitsUp } from '../../../shared/sizing';
import type { Recommendation, Observation, Policy } from '../policy';
import { sampleCpu } from './cpu-sample';
import { levelNeedCores, observeDemand } from './demand';
import { explainHeadroom } from './explain';
import { observeRecommendation } from './retention';
import { observeMemory, presentBytes } from './memory-recommendation';
import { completeParameters, type HeadroomParameters } from './parameters';
import { partsOf } from './parts';
import { observeQueue } from './queue';
import { HeadroomState, INITIAL } from './state';

type CpuState = Pick<HeadroomState, 'sampler' | 'demand' | 'queue' | 'cpuRetention'>;
type MemoryState = Pick<HeadroomState, 'memory' | 'memRetention'>;

const stepCpu = (parameters: HeadroomParameters, state: HeadroomState, observed: Observation): CpuState => {
  const { sampler, sample } = sampleCpu(state.sampler, observed);
  if (sample === null) return { sampler, demand: state.demand, queue: state.queue, cpuRetention: state.cpuRetention };
  const { cpu: unit } = parameters.computeUnit;
  const demand = observeDemand(parameters, state.demand, sample);
  const needed = unitsUp(levelNeedCores(parameters, demand), unit);
  const granted = unitsUp(observed.granted.cpu, unit);
  return {
    sampler,
    demand,
    // The first sample's queue is in its demand.
    queue: observeQueue(parameters, state.queue, observed.at, sample, state.demand?.level ?? Infinity),
    cpuRetention: observeRecommendation(parameters, state.cpuRetention, observed.at, needed, granted),
  };
};

const stepMemory = (parameters: HeadroomParameters, state: HeadroomState, observed: Observation): MemoryState => {
  const { at, neededBytes } = observed;
  if (neededBytes === null) return state;
  const { mem: unit } = parameters.computeUnit;
  const memory = observeMemory(parameters, state.memory, observed, neededBytes);
  const needed = unitsUp(presentBytes(parameters, memory, observed, neededBytes), unit);
  return {
    memory,
    memRetention: observeRecommendation(
      parameters,
      state.memRetention,
      at,
      needed,
      unitsUp(observed.granted.mem, unit),
    ),
  };
};

const cpuNeed = ({ computeUnit }: HeadroomParameters, state: HeadroomState, observed: Observation): number | null => {
  const isReadable = observed.runCores !== null || observed.load1 !== null;
  if (!isReadable || state.cpuRetention === null) return null;
  return Math.max(state.cpuRetention.retained * computeUnit.cpu, state.queue.wantedCores);
};

const memNeed = ({ computeUnit }: HeadroomParameters, state: HeadroomState, observed: Observation): number | null =>
  observed.neededBytes === null || state.memRetention === null
    ? null
    : Math.max(state.memRetention.retained * computeUnit.mem, state.memory.forecastBytes);

/** Throws RangeError for a parameter that is not allowed. Keys left out take their default. */
export const createHeadroomPolicy = (options: Partial<HeadroomParameters> = {}): Policy<HeadroomState> => {
  const parameters = completeParameters(options);
  return {
    name: 'headroom',
    // The longest that a shrink has to look back: by then each smaller size has its own history to show.
    longestWindowMs: parameters.settleMs,
    initial: INITIAL,
    step: (old, observed) => {
      const { sampler, demand, queue, cpuRetention } = stepCpu(parameters, old, observed);
      const { memory, memRetention } = stepMemory(parameters, old, observed);
      const state: HeadroomState = {
        sampler,
        demand,
        queue,
        memory,
        cpuRetention,
        memRetention,
      };
      const recommendation: Recommendation = {
        cpu: cpuNeed(parameters, state, observed),
        memBytes: memNeed(parameters, state, observed),
        parts: partsOf(parameters, state, observed),
      };
      return { state, recommendation };
    },
    explain: (recommendation) => explainHeadroom(recommendation),
    stateCodec: HeadroomState,
  };
};
