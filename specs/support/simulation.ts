/** Small traces and scripted policies for specs of the simulation. */
import { opaque } from '../../machines/monitor/policies/opaque';
import type { Recommendation, Observation } from '../../machines/monitor/policies/policy';
import { NoState } from '../../machines/simulation/baselines/stateless';
import type { PolicyUnderTest } from '../../machines/simulation/policy-under-test';
import type { SimulationObserver, SimulationStep } from '../../machines/simulation/observer';
import { SIMULATION_DEFAULTS, type SimulationOptions } from '../../machines/simulation/setting';
import { traceOf, type Trace, type TraceRow } from '../../machines/simulation/trace';
import { GIB } from '../../machines/shared/units';

export interface TraceShape {
  readonly name?: string;
  /** Of the rows; one more row, with the last values, ends the trace. */
  readonly intervalSeconds?: number;
  readonly cpuCores?: readonly number[];
  readonly memGib?: readonly number[];
  readonly capacity?: { readonly cores: number; readonly gib: number } | null;
}

/** Rows at even intervals. What is left out is unknown; the capacity is 4 cores and 16 GiB. */
export const evenTrace = ({
  name = 'made_up',
  intervalSeconds = 60,
  cpuCores = [],
  memGib = [],
  capacity = { cores: 4, gib: 16 },
}: TraceShape): Trace => {
  const count = Math.max(cpuCores.length, memGib.length) + 1;
  const rows = Array.from({ length: count }, (_, i): TraceRow => {
    const gib = memGib[Math.min(i, memGib.length - 1)];
    return {
      seconds: i * intervalSeconds,
      cpuCores: cpuCores[Math.min(i, cpuCores.length - 1)] ?? null,
      memBytes: gib === undefined ? null : gib * GIB,
      cpuCapacityCores: capacity?.cores ?? null,
      memCapacityBytes: capacity === null ? null : capacity.gib * GIB,
    };
  });
  return traceOf(name, rows);
};

/** A policy that needs what `needAt` says; `saw` hears each observation. */
export const scripted = (
  needAt: (observed: Observation) => Partial<Recommendation>,
  { holdsBack = false, longestWindowMs = 0, saw = (_seen: Observation): void => undefined } = {},
): PolicyUnderTest => ({
  name: 'scripted',
  holdsBack,
  policyFor: () =>
    opaque({
      name: 'scripted',
      longestWindowMs,
      initial: {},
      step: (state: NoState, observed: Observation) => {
        saw(observed);
        return { state, recommendation: { cpu: 0, memBytes: 0, parts: {}, ...needAt(observed) } };
      },
      explain: () => 'as scripted',
      stateCodec: NoState,
    }),
});

export const options = (chosen: Partial<SimulationOptions> = {}): SimulationOptions => ({
  ...SIMULATION_DEFAULTS,
  ...chosen,
});

export interface Recorded {
  readonly observer: SimulationObserver;
  /** [seconds, cores] of each size. */
  readonly sizes: (readonly [number, number])[];
  readonly steps: SimulationStep[];
}

export const recorder = (): Recorded => {
  const sizes: (readonly [number, number])[] = [];
  const steps: SimulationStep[] = [];
  return {
    sizes,
    steps,
    observer: {
      resized: (seconds, { cpu }) => void sizes.push([seconds, cpu]),
      decided: () => undefined,
      stepped: (_seconds, step) => void steps.push(step),
    },
  };
};
