/** Loads whose demand is a function of time alone. */
import { GIB, MIB } from '../../../shared/units';
import type { LoadOf } from './specs';

export interface LoadShape {
  /** `seconds` since the beginning, `up` since Postgres was started. */
  readonly anonBytes?: (seconds: number, up: number) => number;
  readonly sharedBytes?: (seconds: number, up: number) => number;
  readonly cores?: (seconds: number) => number;
}

/** From 0 to 1 within `length` seconds. */
const risen = (since: number, length: number): number =>
  since <= 0 ? 0 : since >= length ? 1 : since / Math.max(length, 1e-9);

const isWithin = (seconds: number, at: number, length: number): boolean => seconds > at && seconds <= at + length;

export const flatShape = ({ anonMib, cores }: Pick<LoadOf<'flat'>, 'anonMib' | 'cores'>): LoadShape => ({
  anonBytes: () => anonMib * MIB,
  cores: () => cores,
});

export const leakShape = ({ fromMib, mibPerSecond }: LoadOf<'leak'>): LoadShape => ({
  // The process that leaks begins anew when Postgres does.
  anonBytes: (_, up) => (fromMib + mibPerSecond * up) * MIB,
});

export const sawtoothShape = (spec: LoadOf<'sawtooth'>): LoadShape => ({
  anonBytes: (seconds) => {
    const phase = seconds % spec.periodSeconds;
    const share = phase > spec.riseSeconds ? 0 : risen(phase, spec.riseSeconds);
    return (spec.lowMib + (spec.highMib - spec.lowMib) * share) * MIB;
  },
  cores: (seconds) => (seconds % spec.periodSeconds <= spec.riseSeconds ? spec.cores : 0),
});

export const stormShape = (spec: LoadOf<'storm'>): LoadShape => ({
  anonBytes: (seconds) =>
    isWithin(seconds, spec.atSeconds, spec.forSeconds)
      ? spec.connections * spec.mibEach * MIB * risen(seconds - spec.atSeconds, spec.withinSeconds)
      : 0,
  cores: (seconds) => (isWithin(seconds, spec.atSeconds, spec.forSeconds) ? spec.cores : 0),
});

export const sharedBuildShape = (spec: LoadOf<'sharedBuild'>): LoadShape => ({
  sharedBytes: (seconds) =>
    isWithin(seconds, spec.atSeconds, spec.forSeconds)
      ? Math.min(spec.mib * MIB, (seconds - spec.atSeconds) * spec.gibPerSecond * GIB)
      : 0,
  cores: (seconds) => (isWithin(seconds, spec.atSeconds, spec.forSeconds) ? spec.cores : 0),
});

/** `seconds` is the end of a step: the step that ends at the very beginning is not in it. */
const inBatch = ({ atSeconds, everySeconds, forSeconds }: LoadOf<'batch'>, seconds: number): boolean =>
  seconds > atSeconds && isWithin((seconds - atSeconds) % everySeconds, 0, forSeconds);

/** Memory of a trace does not jump (machines/simulation/demand.ts). */
const TRACE_RISE_SECONDS = 10;

export const batchShape = (spec: LoadOf<'batch'>): LoadShape => ({
  anonBytes: (seconds) =>
    inBatch(spec, seconds)
      ? spec.anonMib * MIB * risen((seconds - spec.atSeconds) % spec.everySeconds, spec.riseSeconds)
      : 0,
  cores: (seconds) => (inBatch(spec, seconds) ? spec.cores : 0),
});

export const burstShape = (spec: LoadOf<'burst'>): LoadShape => ({
  anonBytes: (seconds) =>
    isWithin(seconds, spec.atSeconds, spec.forSeconds)
      ? spec.mib * MIB * risen(seconds - spec.atSeconds, spec.withinMs / 1000)
      : 0,
});

/** As traces are simulated: a row holds until the next, memory moves to it within 10 s. */
export const traceShape = ({ seconds, cores, mib }: LoadOf<'trace'>): LoadShape => {
  let row = 0;
  const seek = (at: number): void => {
    if ((seconds[row] ?? 0) > at) row = 0;
    while ((seconds[row + 1] ?? Infinity) <= at) row += 1;
  };
  return {
    cores: (at) => {
      seek(at);
      return cores[row] ?? 0;
    },
    anonBytes: (at) => {
      seek(at);
      const to = mib[row] ?? 0;
      const from = mib[row - 1] ?? to;
      return (from + (to - from) * risen(at - (seconds[row] ?? 0), TRACE_RISE_SECONDS)) * MIB;
    },
  };
};
