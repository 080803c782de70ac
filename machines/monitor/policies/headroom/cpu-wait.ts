/**
 * Work that waits for a CPU. A short wait is no reason to grow: it is what lets a size be near the mean. What has waited
 * for longer, all CPUs busy, is caught up with; where it is never caught up with, it is demand that the size hides.
 */
import * as t from 'io-ts';
import { finite } from '../../../shared/events/finite';
import { SECOND_MS } from '../../../shared/units';
import type { CpuSample } from './cpu-sample';
import type { HeadroomParameters } from './parameters';

/** Cores that are wanted, and until when; 0: none. */
const Want = { catchUpCores: finite, catchUpUntil: finite, hiddenCores: finite, hiddenUntil: finite };

export const CpuWait = t.type({
  /** Share of the time in which some task waits, in the mean of minutes; and whether that is too much. */
  stallFraction: finite,
  isCrowded: t.boolean,
  /** How long work has waited beside what ran, added up for as long as all CPUs are busy. */
  standingMs: finite,
  ...Want,
});
export type CpuWait = t.TypeOf<typeof CpuWait>;

export const NO_WAIT: CpuWait = {
  stallFraction: 0,
  isCrowded: false,
  standingMs: 0,
  catchUpCores: 0,
  catchUpUntil: 0,
  hiddenCores: 0,
  hiddenUntil: 0,
};

/** What waits is caught up with in about so long, and the cores for it are kept for twice as long: to be granted, and used. */
const CATCH_UP_SECONDS = 4;
const KEEP_MS = 2 * CATCH_UP_SECONDS * SECOND_MS;
/** Waiting tasks are not cores: short ones are gone with little more. So at most so many times what runs, and then again. */
const GROWTH_MOST = 2;
/** Of waiting beside running, less than this ends by itself; more than that is a crowd, and says no more of what it needs. */
const SHORT_FRACTION = 0.5;
const CROWD_FRACTION = 5;
/** So that nothing is divided by nothing. */
const RUN_LEAST_CORES = 0.001;

const standing = ({ standingMs }: CpuWait, { elapsedMs, runCores, waitingTasks, hasGrown }: CpuSample): number => {
  if (waitingTasks <= 0) return 0;
  const share = Math.min(CROWD_FRACTION, waitingTasks / Math.max(RUN_LEAST_CORES, runCores));
  // A larger size has yet to show what it is worth.
  const before = hasGrown ? standingMs / 2 : standingMs;
  return Math.max(0, before + elapsedMs * (share - SHORT_FRACTION));
};

/** To catch up with work whose amount is known. */
const catchUpCores = ({ clearMs }: HeadroomParameters, { demandCores, runCores, waitingWork }: CpuSample): number =>
  waitingWork * SECOND_MS > clearMs * runCores ? demandCores + waitingWork / CATCH_UP_SECONDS : 0;

/** To find out how much there is of what never ends to wait. */
const hiddenCores = (
  { standingWaitMs }: HeadroomParameters,
  standingMs: number,
  { runCores, waitingTasks }: CpuSample,
): number => (standingMs > standingWaitMs ? Math.min(runCores + waitingTasks, GROWTH_MOST * runCores) : 0);

/** The larger of two wants, for as long as it is kept. */
const kept = (at: number, before: number, until: number, now: number): readonly [cores: number, until: number] =>
  at < until && before >= now ? [before, until] : [now, now > 0 ? at + KEEP_MS : 0];

/** Crowded until waiting is this share of what makes it so: a size that cures it must not be given up for it. */
const RELIEVED_FRACTION = 0.3;

const nextStall = ({ levelMs }: HeadroomParameters, before: number, { stallFraction, elapsedMs }: CpuSample): number =>
  stallFraction === null ? 0 : before + (stallFraction - before) * (1 - Math.exp(-elapsedMs / levelMs));

/** Takes one sample. */
export const observeWait = (parameters: HeadroomParameters, old: CpuWait, at: number, sample: CpuSample): CpuWait => {
  const standingMs = standing(old, sample);
  const [catchUp, catchUpUntil] = kept(at, old.catchUpCores, old.catchUpUntil, catchUpCores(parameters, sample));
  const [hidden, hiddenUntil] = kept(at, old.hiddenCores, old.hiddenUntil, hiddenCores(parameters, standingMs, sample));
  const stallFraction = nextStall(parameters, old.stallFraction, sample);
  const { crowdedFraction } = parameters;
  return {
    stallFraction,
    isCrowded: stallFraction > (old.isCrowded ? RELIEVED_FRACTION : 1) * crowdedFraction,
    standingMs,
    catchUpCores: catchUp,
    catchUpUntil,
    hiddenCores: hidden,
    hiddenUntil,
  };
};

/** Of the cores of a crowded VM so much is used: a task then waits for about as long as it runs (M/M/2 at 0.7, with a unit's rounding). */
const UNCROWDED_FRACTION = 0.7;

/** What the level needs so that tasks that come at random do not wait for each other; 0: they do not. */
export const uncrowdedCores = ({ isCrowded }: CpuWait, levelCores: number): number =>
  isCrowded ? levelCores / UNCROWDED_FRACTION : 0;
