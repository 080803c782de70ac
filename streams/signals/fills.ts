/** Ways to fill a reading, and quanta of change, that several rows share. */
import { KIB } from '../../machines/shared/units';
import { counterDelta } from '../counter-delta';
import type { StallTotals } from '../raw-sample';
import type { Fill } from './signal';

/** Less than this is no change. At ten samples a second it hides 5 MiB/s from one sample, and nothing from two. */
export const CHANGED_FROM_BYTES = 512 * KIB;
export const ANY_CHANGE = 1;

/** The reading is the growth of a counter. */
export const growth =
  <Value>(counter: (value: Value) => number | undefined) =>
  (now: Value, previous: Value | undefined): number | undefined =>
    previous === undefined ? undefined : counterDelta(counter(previous), counter(now));

const US_PER_MS = 1000;

/** Whole ms of the absolute value, so that rounding does not add up over the samples. */
export const wholeMs = (us: number): number => Math.floor(us / US_PER_MS);

/**
 * Stalls count in steps of a millisecond, again of the absolute value: the microseconds below it tell nothing at an
 * interval of 10 ms or more, and their noise made the event log longer by a tenth.
 */
export const STALL_STEP_US = 1000;

const stall = (total: (totals: StallTotals) => number | undefined): Fill<StallTotals, number | undefined> =>
  growth((totals) => {
    const us = total(totals);
    return us === undefined ? undefined : Math.floor(us / STALL_STEP_US) * STALL_STEP_US;
  });

/** What a PSI file fills, the same for the cgroup's own and the VM's. */
export const MEMORY_STALLS = {
  memorySomeUs: stall(({ someUs }) => someUs),
  memoryFullUs: stall(({ fullUs }) => fullUs),
};
export const CPU_STALLS = { cpuSomeUs: stall(({ someUs }) => someUs) };
export const IO_STALLS = { ioSomeUs: stall(({ someUs }) => someUs), ioFullUs: stall(({ fullUs }) => fullUs) };
