/**
 * CPU readings in samples of about a second, however short the sampling interval is: a task that runs for 100 ms is no
 * demand of a core. Samples further apart are taken as they are.
 */
import * as t from 'io-ts';
import { finite } from '../../../shared/events/finite';
import type { Observation } from '../policy';

/** What does not make a second yet. */
export const PartSample = t.type({
  elapsedMs: finite,
  runCoreMs: finite,
  waitTaskMs: finite,
  /** Of the waiting tasks, how much work is in them, as far as that is known. */
  workCoreMs: finite,
  capacityCoreMs: finite,
  stallMs: finite,
  /** What work waited in the last whole sample. */
  waitedWork: finite,
  /** And the cores that could be busy in it. */
  hadCores: finite,
});
export type PartSample = t.TypeOf<typeof PartSample>;

export const NO_PART: PartSample = {
  elapsedMs: 0,
  runCoreMs: 0,
  waitTaskMs: 0,
  workCoreMs: 0,
  capacityCoreMs: 0,
  stallMs: 0,
  waitedWork: 0,
  hadCores: 0,
};

export interface CpuSample {
  readonly elapsedMs: number;
  /** Cores that were busy, or would have been, had the host not stolen them. */
  readonly runCores: number;
  /** Tasks that waited for a CPU, in the mean, while all CPUs were busy; 0 while some were idle: then nobody waits for long. */
  readonly waitingTasks: number;
  /** Core-seconds of work in them, where it is known what a task runs before it waits again; else 0. */
  readonly waitingWork: number;
  /** Share of the time in which some task waited for a CPU; null: not known. */
  readonly stallFraction: number | null;
  /** More cores could be busy than in the sample before: what waits has yet to show what that is worth. */
  readonly hasGrown: boolean;
  /** What ran, and what came to wait beside it: what was demanded in this second. */
  readonly demandCores: number;
}

/** A crowd waits, and what is in it nobody knows: then what ran shows the size of the VM and not that of the demand. */
export const isHidden = ({ runCores, waitingTasks, waitingWork }: CpuSample): boolean =>
  waitingTasks > CROWD_FRACTION * runCores && waitingWork < CROWD_FRACTION * runCores;

const CROWD_FRACTION = 0.5;

/** A second that ended a little early is complete. */
const SAMPLE_MS = 900;
/** All CPUs are busy: the rest is what clocks and accounting lose. Measured with a quota: 95 %. */
const SATURATED_FRACTION = 0.93;

/** Takes the readings of one instant; gives a sample of about a second when it is complete. The first reading has no run time and counts for nothing. */
export const sampleCpu = (
  part: PartSample,
  { elapsedMs, runCores, load1, waitingTasks, taskSeconds, capacityCores, cpuStallFraction }: Observation,
): { readonly part: PartSample; readonly sample: CpuSample | null } => {
  // Where run time is not readable, the load average has to do.
  const run = runCores ?? load1;
  if (run === null || elapsedMs <= 0) return { part, sample: null };
  const waitTaskMs = (runCores === null ? 0 : (waitingTasks ?? 0)) * elapsedMs;
  const sum: PartSample = {
    elapsedMs: part.elapsedMs + elapsedMs,
    runCoreMs: part.runCoreMs + run * elapsedMs,
    waitTaskMs: part.waitTaskMs + waitTaskMs,
    workCoreMs: part.workCoreMs + waitTaskMs * (taskSeconds ?? 0),
    capacityCoreMs: part.capacityCoreMs + capacityCores * elapsedMs,
    stallMs: part.stallMs + (cpuStallFraction ?? 0) * elapsedMs,
    waitedWork: part.waitedWork,
    hadCores: part.hadCores,
  };
  if (sum.elapsedMs < SAMPLE_MS) return { part: sum, sample: null };
  const runs = sum.runCoreMs / sum.elapsedMs;
  const coresNow = sum.capacityCoreMs / sum.elapsedMs;
  // A grant comes within a second: what was there before it counts, else what still waits would seem to be gone.
  const cores = part.hadCores === 0 ? coresNow : Math.min(part.hadCores, coresNow);
  const isSaturated = runs >= SATURATED_FRACTION * cores;
  const work = isSaturated ? sum.workCoreMs / sum.elapsedMs : 0;
  return {
    part: { ...NO_PART, waitedWork: work, hadCores: coresNow },
    sample: {
      elapsedMs: sum.elapsedMs,
      runCores: runs,
      waitingTasks: isSaturated ? sum.waitTaskMs / sum.elapsedMs : 0,
      waitingWork: work,
      stallFraction: cpuStallFraction === null ? null : sum.stallMs / sum.elapsedMs,
      hasGrown: part.hadCores > 0 && coresNow > part.hadCores,
      demandCores: Math.max(0, runs + work - part.waitedWork),
    },
  };
};
