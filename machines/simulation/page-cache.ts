/**
 * What memory left over is worth: traces are without page cache, so a workload's cache is made up.
 *
 * - The *working set* of a trace is seeded by its name: 10 to 50 % of its memory capacity, evenly drawn.
 * - A share of √(cached / working set) of the reads hits: the first pages are worth most (concave, as the
 *   miss curves of real caches are; the square root lies between a scan's line and a hot spot's step).
 * - What does not fit beside the demand is lost at once. What is missing is read again at REFILL_BYTES_PER_S
 *   times the share of reads that miss: a warm cache fills slowly.
 *
 * The policies do not see it, and it is no part of memory demand.
 */
import { GIB, MIB } from '../shared/units';
import { fnv1a, mulberry32 } from './random';
import { KERNEL_BYTES } from './server';
import type { Trace } from './trace';

const WORKING_SET_LEAST = 0.1;
const WORKING_SET_MOST = 0.5;
/** What a cloud disk gives to random reads of a few pages each. */
const REFILL_BYTES_PER_S = 100 * MIB;

/** Bytes that the trace's workload reads again and again; 0 for a trace without memory. */
export const workingSetBytes = ({ name, memBytes, memCapacityBytes }: Trace): number => {
  if (!memBytes.some((bytes) => bytes > 0)) return 0;
  const capacity = memCapacityBytes ?? memBytes.reduce((most, bytes) => Math.max(most, bytes), 0);
  const drawn = mulberry32(fnv1a(`${name}#cache`))();
  return capacity * (WORKING_SET_LEAST + (WORKING_SET_MOST - WORKING_SET_LEAST) * drawn);
};

export class PageCache {
  /** Of the last step: GiB-seconds left for cache (at most the working set), GiB lost and read again. */
  roomGibSeconds = 0;
  missSeconds = 0;
  refilledGib = 0;
  private cachedBytes: number;
  /** Lost to a shrink and not yet read again. */
  private lostBytes = 0;

  /** Begins warm. */
  constructor(private readonly workingSet: number) {
    this.cachedBytes = workingSet;
  }

  /** One step of a VM of so many bytes. `shrank`: it is smaller than in the step before. */
  step(sizeBytes: number, demandBytes: number, shrank: boolean, seconds: number): void {
    if (this.workingSet === 0) return;
    const room = Math.min(this.workingSet, Math.max(0, sizeBytes - KERNEL_BYTES - demandBytes));
    this.evict(room, shrank);
    const missing = 1 - Math.sqrt(this.cachedBytes / this.workingSet);
    this.roomGibSeconds = (room / GIB) * seconds;
    this.missSeconds = missing * seconds;
    this.refill(Math.min(room - this.cachedBytes, REFILL_BYTES_PER_S * missing * seconds));
  }

  private evict(room: number, shrank: boolean): void {
    const lost = Math.max(0, this.cachedBytes - room);
    this.cachedBytes -= lost;
    if (shrank) this.lostBytes += lost;
  }

  private refill(bytes: number): void {
    const again = Math.min(bytes, this.lostBytes);
    this.cachedBytes += bytes;
    this.lostBytes -= again;
    this.refilledGib = again / GIB;
  }
}
