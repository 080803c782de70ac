/**
 * CPU readings in samples of about a second, however short the sampling interval is: a task that runs for 100 ms is no
 * demand of a core. Samples further apart are taken as they are.
 */
import * as t from 'io-ts';
import { finite } from '../../../shared/events/finite';
import { nullable } from '../../../shared/events/nullable';
import type { Observation } from '../policy';

export const CpuSampler = t.type({
  /** What does not make a second yet. */
  partMs: finite,
  partRunCoreMs: finite,
  partWaitCoreMs: finite,
  /** What waited in the last sample, in cores; null before the first. */
  waitingCores: nullable(finite),
});
export type CpuSampler = t.TypeOf<typeof CpuSampler>;

export const NO_SAMPLES: CpuSampler = { partMs: 0, partRunCoreMs: 0, partWaitCoreMs: 0, waitingCores: null };

export interface CpuSample {
  readonly elapsedMs: number;
  /** Run time and the growth of what waits, per second. */
  readonly demandCores: number;
  readonly waitingCores: number;
}

/** A second that ended a little early is complete. */
const SAMPLE_MS = 900;

/** Where run time is not readable, the load average has to do. */
const runCores = ({ runCores, load1 }: Observation): number | null => runCores ?? load1;

/** Takes the readings of one instant; gives a sample of about a second when it is complete. The first reading has no run time and counts for nothing. */
export const sampleCpu = (
  sampler: CpuSampler,
  observed: Observation,
): { readonly sampler: CpuSampler; readonly sample: CpuSample | null } => {
  const run = runCores(observed);
  if (run === null || observed.elapsedMs <= 0) return { sampler, sample: null };
  const wait = observed.runCores === null ? 0 : (observed.delayCores ?? 0);
  const elapsedMs = sampler.partMs + observed.elapsedMs;
  const runCoreMs = sampler.partRunCoreMs + run * observed.elapsedMs;
  const waitCoreMs = sampler.partWaitCoreMs + wait * observed.elapsedMs;
  if (elapsedMs < SAMPLE_MS) {
    const { waitingCores } = sampler;
    return {
      sampler: { partMs: elapsedMs, partRunCoreMs: runCoreMs, partWaitCoreMs: waitCoreMs, waitingCores },
      sample: null,
    };
  }
  const waitingCores = waitCoreMs / elapsedMs;
  const waitedCores = sampler.waitingCores ?? 0;
  const demandCores = Math.max(0, runCoreMs / elapsedMs + waitingCores - waitedCores);
  return {
    sampler: { partMs: 0, partRunCoreMs: 0, partWaitCoreMs: 0, waitingCores },
    sample: { elapsedMs, demandCores, waitingCores },
  };
};
