/**
 * The policy `headroom`: as near to the need as the price of resizing allows. CPU is sized for the
 * level of demand and not for its flutter, with what it takes to catch up with a queue; memory for use,
 * for the growth until grants arrive, and for the cache that is read again. Up at once; down when a
 * smaller size has begun to pay and is expected to, by how soon the need has returned before.
 */
import { unitsUp } from '../../../shared/sizing';
import type { Need, Observation, Policy } from '../policy';
import { sampleCpu } from './cpu-sample';
import { levelNeedCores, observeDemand } from './demand';
import { explainHeadroom } from './explain';
import { observeNeed } from './retention';
import { observeMemory, presentBytes } from './memory-recommendation';
import { completeParameters, type HeadroomParameters } from './parameters';
import { partsOf } from './parts';
import { observeQueue } from './queue';
import { HeadroomState, INITIAL } from './state';

type CpuState = Pick<HeadroomState, 'sampler' | 'demand' | 'queue' | 'cpuHold'>;
type MemoryState = Pick<HeadroomState, 'memory' | 'memHold'>;

const stepCpu = (parameters: HeadroomParameters, state: HeadroomState, seen: Observation): CpuState => {
  const { sampler, sample } = sampleCpu(state.sampler, seen);
  if (sample === null) return { sampler, demand: state.demand, queue: state.queue, cpuHold: state.cpuHold };
  const { cpu: unit } = parameters.computeUnit;
  const demand = observeDemand(parameters, state.demand, sample);
  const needed = unitsUp(levelNeedCores(parameters, demand), unit);
  const granted = unitsUp(seen.granted.cpu, unit);
  return {
    sampler,
    demand,
    // The first sample's queue is in its demand.
    queue: observeQueue(parameters, state.queue, seen.at, sample, state.demand?.level ?? Infinity),
    cpuHold: observeNeed(parameters, state.cpuHold, seen.at, needed, granted),
  };
};

const stepMemory = (parameters: HeadroomParameters, state: HeadroomState, seen: Observation): MemoryState => {
  const { at, neededBytes } = seen;
  if (neededBytes === null) return state;
  const { mem: unit } = parameters.computeUnit;
  const memory = observeMemory(parameters, state.memory, seen, neededBytes);
  const needed = unitsUp(presentBytes(parameters, memory, seen, neededBytes), unit);
  return { memory, memHold: observeNeed(parameters, state.memHold, at, needed, unitsUp(seen.granted.mem, unit)) };
};

const cpuNeed = ({ computeUnit }: HeadroomParameters, state: HeadroomState, seen: Observation): number | null => {
  const isReadable = seen.runCores !== null || seen.load1 !== null;
  if (!isReadable || state.cpuHold === null) return null;
  return Math.max(state.cpuHold.held * computeUnit.cpu, state.queue.wantedCores);
};

const memNeed = ({ computeUnit }: HeadroomParameters, state: HeadroomState, seen: Observation): number | null =>
  seen.neededBytes === null || state.memHold === null
    ? null
    : Math.max(state.memHold.held * computeUnit.mem, state.memory.forecastBytes);

/** Throws RangeError for a parameter that is not allowed. Keys left out take their default. */
export const createHeadroomPolicy = (options: Partial<HeadroomParameters> = {}): Policy<HeadroomState> => {
  const parameters = completeParameters(options);
  return {
    name: 'headroom',
    // The longest that a shrink has to look back: by then each smaller size has its own history to show.
    longestWindowMs: parameters.settleMs,
    initial: INITIAL,
    step: (old, seen) => {
      const { sampler, demand, queue, cpuHold } = stepCpu(parameters, old, seen);
      const { memory, memHold } = stepMemory(parameters, old, seen);
      const state: HeadroomState = { sampler, demand, queue, memory, cpuHold, memHold };
      const need: Need = {
        cpu: cpuNeed(parameters, state, seen),
        memBytes: memNeed(parameters, state, seen),
        parts: partsOf(parameters, state, seen),
      };
      return { state, need };
    },
    explain: (need) => explainHeadroom(need),
    stateCodec: HeadroomState,
  };
};
