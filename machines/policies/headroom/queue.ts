/**
 * Work that waits for a CPU. A short queue is no reason to grow: it is what lets a size be near the
 * mean. One that holds more than a second or so of demand is caught up with, and one that never
 * empties is demand that the size hides.
 */
import * as t from 'io-ts';
import type { CpuSample } from './cpu-sample';
import type { HeadroomParameters } from './parameters';

export const Queue = t.type({
  /** The least that waited in this period and in the one before it, in cores. */
  leastNow: t.number,
  leastBefore: t.number,
  periodSince: t.number,
  /** Cores that are wanted to catch up, and until when. */
  wantedCores: t.number,
  wantedUntil: t.number,
});
export type Queue = t.TypeOf<typeof Queue>;

export const NO_QUEUE: Queue = { leastNow: 0, leastBefore: 0, periodSince: 0, wantedCores: 0, wantedUntil: 0 };

const afterPeriod = ({ standingQueueMs }: HeadroomParameters, queue: Queue, at: number, waiting: number): Queue =>
  at - queue.periodSince < standingQueueMs
    ? { ...queue, leastNow: Math.min(queue.leastNow, waiting) }
    : { ...queue, leastBefore: queue.leastNow, leastNow: waiting, periodSince: at };

const catchUpCores = (
  { queueSeconds, catchUpFraction }: HeadroomParameters,
  level: number,
  { demandCores, waitingCores }: CpuSample,
): number => (waitingCores > queueSeconds * level ? demandCores + catchUpFraction * waitingCores : 0);

const hiddenCores = (
  { standingQueueFraction }: HeadroomParameters,
  queue: Queue,
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
  old: Queue,
  at: number,
  sample: CpuSample,
  level: number,
): Queue => {
  const queue = afterPeriod(parameters, old, at, sample.waitingCores);
  const wanted = Math.max(catchUpCores(parameters, level, sample), hiddenCores(parameters, queue, level, sample));
  if (at < old.wantedUntil && old.wantedCores >= wanted) return queue;
  return { ...queue, wantedCores: wanted, wantedUntil: wanted > 0 ? at + parameters.catchUpMs : 0 };
};
