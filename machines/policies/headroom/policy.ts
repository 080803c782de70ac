/**
 * The policy `headroom`: the size for the use that is expected when a grant arrives, not for the use
 * now; up at once, down only when the most of the last ten minutes allows it. A forecast that did not
 * come true is given up after a minute: one jump is no reason to stay large.
 *
 *   memory = (needed + growth × grant latency) + 15 % + 100 MiB
 *   CPU    = smoothed (run time + time waiting for a CPU) + 15 %
 */
import * as t from 'io-ts';
import type { Need, Observation, Policy } from '../policy';
import { EMPTY_WINDOW, MaxWindow, maxOf, pushMax } from '../window-max';
import { explainHeadroom } from './explain';
import { HEADROOM_DEFAULTS, requireParameters, type HeadroomParameters } from './parameters';

export const HeadroomState = t.type({
  /** Smoothed CPU demand in cores; null before the first reading. */
  demandCores: t.union([t.number, t.null]),
  cpu: MaxWindow,
  mem: MaxWindow,
  /** Memory for what was forecast. */
  forecast: MaxWindow,
});
export type HeadroomState = t.TypeOf<typeof HeadroomState>;

const INITIAL: HeadroomState = { demandCores: null, cpu: EMPTY_WINDOW, mem: EMPTY_WINDOW, forecast: EMPTY_WINDOW };

const stepsUp = (amount: number, step: number): number => Math.ceil(amount / step) * step;

/** Run time and waiting time; where neither is readable, the load average has to do. */
const demandNow = ({ runCores, delayCores, load1, elapsedMs }: Observation): number | null => {
  if (runCores !== null) return runCores + (delayCores ?? 0);
  // The first beat has no run time yet; load of the last minute would be a spike of the past.
  return elapsedMs > 0 ? load1 : null;
};

/** Exponential smoothing that does not depend on how often it is called. */
const smoothed = (parameters: HeadroomParameters, old: number | null, seen: Observation): number | null => {
  const demand = demandNow(seen);
  if (demand === null) return old;
  // A first reading is only a moment (often our own start), so the calmer of it and the load counts.
  const before = old ?? Math.min(demand, seen.load1 ?? demand);
  return before + (demand - before) * (1 - Math.exp(-seen.elapsedMs / parameters.cpuSmoothingMs));
};

/** Use when a grant that is asked for now arrives. */
const forecastBytes = (parameters: HeadroomParameters, needed: number, seen: Observation): number =>
  needed + Math.min(parameters.memForecastMostBytes, (seen.growthBytesPerS * seen.grantUpMs) / 1000);

/** Memory in steps for a use of so many bytes. */
const withHeadroom = (parameters: HeadroomParameters, bytes: number): number =>
  stepsUp(bytes * (1 + parameters.memHeadroomFraction) + parameters.memBaseBytes, parameters.memStepBytes);

const pushKnown = (window: MaxWindow, at: number, value: number | null, windowMs: number): MaxWindow =>
  value === null ? window : pushMax(window, at, value, windowMs);

const partsOf = (parameters: HeadroomParameters, seen: Observation, demandCores: number | null): Need['parts'] => {
  const parts: Record<string, number> = { grantUpMs: seen.grantUpMs };
  if (demandCores !== null) parts['demandCores'] = Math.round(demandCores * 1000) / 1000;
  if (seen.neededBytes !== null) {
    parts['neededBytes'] = seen.neededBytes;
    parts['growthBytesPerS'] = Math.round(seen.growthBytesPerS);
    parts['forecastBytes'] = Math.round(forecastBytes(parameters, seen.neededBytes, seen));
  }
  return parts;
};

/** Throws RangeError for a parameter that is not allowed. Keys left out take their default. */
export const createHeadroomPolicy = (options: Partial<HeadroomParameters> = {}): Policy<HeadroomState> => {
  const parameters = { ...HEADROOM_DEFAULTS, ...options };
  requireParameters(parameters);
  return {
    name: 'headroom',
    longestWindowMs: parameters.windowMs,
    initial: INITIAL,
    step: (state, seen) => {
      const { at, neededBytes } = seen;
      const { windowMs, forecastWindowMs, cpuStep, cpuHeadroomFraction } = parameters;
      const demandCores = smoothed(parameters, state.demandCores, seen);
      const cpuNow = demandCores === null ? null : stepsUp(demandCores * (1 + cpuHeadroomFraction), cpuStep);
      const memNow = neededBytes === null ? null : withHeadroom(parameters, neededBytes);
      const soon = neededBytes === null ? null : withHeadroom(parameters, forecastBytes(parameters, neededBytes, seen));
      const cpu = pushKnown(state.cpu, at, cpuNow, windowMs);
      const mem = pushKnown(state.mem, at, memNow, windowMs);
      const forecast = pushKnown(state.forecast, at, soon, forecastWindowMs);
      const need: Need = {
        cpu: cpuNow === null ? null : maxOf(cpu),
        memBytes: memNow === null ? null : Math.max(maxOf(mem), maxOf(forecast)),
        parts: partsOf(parameters, seen, demandCores),
      };
      return { state: { demandCores, cpu, mem, forecast }, need };
    },
    explain: (need) => explainHeadroom(parameters, need),
    stateCodec: HeadroomState,
  };
};
