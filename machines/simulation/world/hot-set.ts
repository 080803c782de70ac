/**
 * Pages that are read again and again, as far as they are cached. A share √(cached / hot set) of the reads hits: the first
 * pages are worth most, as the miss curves of real caches are concave (the same curve as machines/simulation/page-cache.ts).
 */

export class HotSet {
  cachedBytes: number;
  /** Of the last step: read from the disk, and of that what had been evicted before. */
  missedBytes = 0;
  refaultedBytes = 0;
  /** Read at least once; less what is cached: evicted. */
  private seenBytes: number;
  /** Reads since Postgres was asked last, a minute each, newest last. */
  private readonly minutes: number[] = [0];

  constructor(
    public sizeBytes: number,
    warmShare: number,
  ) {
    this.cachedBytes = sizeBytes * warmShare;
    this.seenBytes = this.cachedBytes;
  }

  get hitShare(): number {
    return this.sizeBytes === 0 ? 1 : Math.sqrt(Math.min(1, this.cachedBytes / this.sizeBytes));
  }

  /** Reads so much, of which a part misses; there is room for so much of the hot set. */
  read(bytes: number, roomBytes: number): void {
    this.note(bytes);
    const missed = bytes * (1 - this.hitShare);
    const uncached = Math.max(1, this.sizeBytes - this.cachedBytes);
    const refaulted = missed * Math.min(1, Math.max(0, this.seenBytes - this.cachedBytes) / uncached);
    this.missedBytes = missed;
    this.refaultedBytes = refaulted;
    this.seenBytes = Math.min(this.sizeBytes, this.seenBytes + missed - refaulted);
    this.cachedBytes = Math.min(
      this.sizeBytes,
      Math.max(this.cachedBytes, Math.min(roomBytes, this.cachedBytes + missed)),
    );
  }

  rest(): void {
    this.missedBytes = 0;
    this.refaultedBytes = 0;
  }

  /** No more than so much stays cached. @returns what was evicted */
  evictTo(roomBytes: number): number {
    const evicted = Math.max(0, this.cachedBytes - roomBytes);
    this.cachedBytes -= evicted;
    return evicted;
  }

  /** Other pages are read from now on. @returns what is cached of those that are not */
  change(factor: number, sameShare: number): number {
    const before = this.cachedBytes;
    this.sizeBytes *= factor;
    this.cachedBytes = Math.min(this.sizeBytes, before * sameShare);
    this.seenBytes = this.cachedBytes;
    return before - this.cachedBytes;
  }

  /** The cache was emptied. */
  forget(): void {
    this.cachedBytes = 0;
  }

  /** Once a minute. */
  nextMinute(): void {
    this.minutes.push(0);
    if (this.minutes.length > WORKING_SET_MINUTES) this.minutes.shift();
  }

  /**
   * Distinct pages of 8 KiB that were read in the last 1, 2, … n minutes, as Neon's extension estimates them: of random
   * reads of b bytes among w, w (1 − e^(−b/w)) are distinct.
   */
  workingSetPages(): number[] {
    let bytes = 0;
    const pages: number[] = [];
    for (let index = this.minutes.length - 1; index >= 0; index -= 1) {
      bytes += this.minutes[index] ?? 0;
      const distinct = this.sizeBytes === 0 ? 0 : this.sizeBytes * (1 - Math.exp(-bytes / this.sizeBytes));
      pages.push(Math.round(distinct / POSTGRES_PAGE_BYTES));
    }
    while (pages.length < WORKING_SET_MINUTES) pages.push(pages.at(-1) ?? 0);
    return pages;
  }

  private note(bytes: number): void {
    this.minutes[this.minutes.length - 1] = (this.minutes.at(-1) ?? 0) + bytes;
  }
}

/** Neon's extension reports windows up to an hour. */
const WORKING_SET_MINUTES = 60;
export const POSTGRES_PAGE_BYTES = 8192;
