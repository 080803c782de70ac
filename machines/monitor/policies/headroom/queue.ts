/**
 * Work that waits for a CPU. A short queue is no reason to grow: it is what lets a size be near the
 * mean. One that holds more than a second or so of demand is caught up with, and one that never
 * empties is demand that the size hides.
 */
import * as t from 'io-ts';
import { finite } from '../../../shared/events/finite';
import type { CpuSample } from './cpu-sample';
import type { HeadroomParameters } from './parameters';

export const BacklogEstimate = t.type({
  /** The least that waited in this period and in the one before it, in cores. */
  leastNow: finite,
  leastBefore: finite,
  periodSince: finite,
  /** Cores that are wanted to catch up, and until when. */
  wantedCores: finite,
  wantedUntil: finite,
});
export type BacklogEstimate = t.TypeOf<typeof BacklogEstimate>;

export const NO_QUEUE: BacklogEstimate = {
  leastNow: 0,
  leastBefore: 0,
  periodSince: 0,
  wantedCores: 0,
  wantedUntil: 0,
};

/** The least of this period and of the one before it. */
type Least = Pick<BacklogEstimate, 'leastNow' | 'leastBefore' | 'periodSince'>;

const afterPeriod = (
  { standingQueueMs }: HeadroomParameters,
  queue: BacklogEstimate,
  at: number,
  waiting: number,
): Least => {
  const { leastNow, leastBefore, periodSince } = queue;
  return at - periodSince < standingQueueMs
    ? { leastNow: Math.min(leastNow, waiting), leastBefore, periodSince }
    : { leastBefore: leastNow, leastNow: waiting, periodSince: at };
};

const catchUpCores = (
  { queueSeconds, catchUpFraction }: HeadroomParameters,
  level: number,
  { demandCores, waitingCores }: CpuSample,
): number => (waitingCores > queueSeconds * level ? demandCores + catchUpFraction * waitingCores : 0);

const hiddenCores = (
  { standingQueueFraction }: HeadroomParameters,
  queue: Least,
  level: number,
  { demandCores }: CpuSample,
): number => {
  const standing = Math.min(queue.leastNow, queue.leastBefore);
  return standing > standingQueueFraction * level ? demandCores + standing : 0;
};

/**
 * Takes one sample. `wantedCores` is then what its queue asks for; 0 when nothing needs to be done.
 * `level`: of demand before this sample, so that more of it never makes the queue look shorter.
 */
export const observeQueue = (
  parameters: HeadroomParameters,
  old: BacklogEstimate,
  at: number,
  sample: CpuSample,
  level: number,
): BacklogEstimate => {
  const least = afterPeriod(parameters, old, at, sample.waitingCores);
  const wanted = Math.max(catchUpCores(parameters, level, sample), hiddenCores(parameters, least, level, sample));
  const until = wanted > 0 ? at + parameters.catchUpMs : 0;
  const lasts = at < old.wantedUntil && old.wantedCores >= wanted;
  // Key by key: in a simulation a spread here costs as much as all the rest of a step.
  return {
    leastNow: least.leastNow,
    leastBefore: least.leastBefore,
    periodSince: least.periodSince,
    wantedCores: lasts ? old.wantedCores : wanted,
    wantedUntil: lasts ? old.wantedUntil : until,
  };
};
