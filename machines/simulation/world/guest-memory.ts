/** The memory of a VM: who uses it, what is cached, and what happens when nothing is left. */
import { KIB, MIB } from '../../shared/units';
import { KERNEL_BYTES } from '../server';
import type { HotSet } from './hot-set';
import { BLOCK_BYTES, MEMMAP_OF_PLUGGED, type MemorySize } from './memory-size';

/** Page tables: 8 bytes for each page of 4 KiB that is mapped. */
const PAGE_TABLES_FRACTION = 1 / 512;
/** Slab, stacks and sockets of Postgres' cgroup. */
const CGROUP_KERNEL_BYTES = 8 * MIB;
/**
 * Program text that nobody drops as long as it runs: in a VM of 1 GiB the OOM killer struck at a MemAvailable of 42 MiB
 * (memory/runway.ts).
 */
const PINNED_TEXT_BYTES = 40 * MIB;
/** Touching new memory is bound by clearing pages: some 4 GiB/s. */
const ALLOCATED_BYTES_PER_SECOND = 4 * 2 ** 30;
/** A disk that swaps takes about this much. */
const SWAPPED_BYTES_PER_SECOND = 100 * MIB;
/** Direct reclaim of page cache: a CPU drops about this much a second; those who allocate wait for it. */
const RECLAIMED_BYTES_PER_SECOND = 2 * 2 ** 30;
/** Below so much room for text the programs' own pages are dropped and read again: all stall. */
const THRASHING_BELOW_BYTES = 64 * MIB;

export interface MemoryRules {
  readonly sharedBuffersBytes: number;
  readonly swapBytes: number;
  readonly kernelRoomBytes: number | null;
  readonly maxBytes: number | null;
  readonly highBytes: number | null;
}

/** vm.min_free_kbytes: √(16 × KiB), from 128 KiB to 256 MiB (mm/page_alloc.c, calculate_min_free_kbytes). */
const minFreeBytes = (totalBytes: number): number =>
  Math.min(256 * 1024, Math.max(128, Math.sqrt((16 * totalBytes) / KIB))) * KIB;

export class GuestMemory {
  anonBytes = 0;
  /** Shared buffers, dynamic shared memory and a file cache in memory. */
  sharedBytes: number;
  swappedBytes = 0;
  coldBytes = 0;
  /** Counters since the beginning. */
  swappedInBytes = 0;
  swappedOutBytes = 0;
  stalledUs = 0;
  oomKills = 0;
  /** Of the last step: bytes that were wanted and could not be had. */
  shortBytes = 0;
  /** Of what grew in the last step. */
  grownBytes = 0;
  /** memory.high of the tripwire or a throttle, where it binds; null: none. */
  wireBytes: number | null = null;
  /** Those who grow are throttled by the monitor. */
  isThrottled = false;
  readonly hotSets: HotSet[] = [];
  private readonly kernelUsedAtStart: number;

  constructor(
    readonly size: MemorySize,
    private readonly rules: MemoryRules,
  ) {
    this.sharedBytes = rules.sharedBuffersBytes;
    this.kernelUsedAtStart = this.kernelUsedBytes;
  }

  get kernelBytes(): number {
    return CGROUP_KERNEL_BYTES + (this.anonBytes + this.sharedBytes) * PAGE_TABLES_FRACTION;
  }

  get hotBytes(): number {
    let bytes = 0;
    for (const hot of this.hotSets) bytes += hot.cachedBytes;
    return bytes;
  }

  get cacheBytes(): number {
    return PINNED_TEXT_BYTES + this.coldBytes + this.hotBytes;
  }

  /** All that cannot be reclaimed. */
  get usedBytes(): number {
    return KERNEL_BYTES + this.size.memmapBytes + this.anonBytes + this.sharedBytes + this.kernelBytes;
  }

  get freeBytes(): number {
    return Math.max(0, this.size.totalBytes - this.size.isolatedBytes - this.usedBytes - this.cacheBytes);
  }

  /** MemAvailable: without the high watermark, and the low one of the page cache (mm/show_mem.c, si_mem_available). */
  get availableBytes(): number {
    const min = minFreeBytes(this.size.totalBytes);
    const cache = this.cacheBytes;
    const all = this.size.totalBytes - this.size.isolatedBytes - this.usedBytes;
    return Math.max(0, all - 1.5 * min - Math.min(cache / 2, 1.25 * min));
  }

  /** memory.current of Postgres' cgroup. */
  get currentBytes(): number {
    return this.anonBytes + this.sharedBytes + this.kernelBytes + this.coldBytes + this.hotBytes;
  }

  /** Null: the kernel can allocate from all memory. */
  get kernelRoomBytes(): number | null {
    const { kernelRoomBytes } = this.rules;
    return kernelRoomBytes === null
      ? null
      : Math.max(0, kernelRoomBytes - this.kernelUsedBytes + this.kernelUsedAtStart);
  }

  get highBytes(): number | null {
    const { highBytes } = this.rules;
    if (this.wireBytes === null) return highBytes;
    return highBytes === null ? this.wireBytes : Math.min(highBytes, this.wireBytes);
  }

  /** How much more can be used before the OOM killer comes. */
  get roomBytes(): number {
    return (
      this.size.totalBytes -
      this.size.isolatedBytes -
      this.usedBytes -
      minFreeBytes(this.size.totalBytes) -
      PINNED_TEXT_BYTES
    );
  }

  /** memory.max that somebody else has set. */
  get foreignMaxBytes(): number | null {
    return this.rules.maxBytes;
  }

  /** Room for the hot sets: nothing colder is kept in their stead. */
  get hotRoomBytes(): number {
    const room = this.roomBytes - minFreeBytes(this.size.totalBytes);
    const { maxBytes } = this.rules;
    const within =
      maxBytes === null ? room : Math.min(room, maxBytes - this.anonBytes - this.sharedBytes - this.kernelBytes);
    return Math.max(0, within);
  }

  /**
   * Each block takes its memmap from the kernel's own zones before it gives anything. @returns whether they ran out: then the
   * rest is not there, and the OOM killer strikes (measured: + 8 GiB onto 512 MiB, "vmemmap alloc failure")
   */
  plug(toBytes: number): boolean {
    const room = this.kernelRoomBytes;
    const { sizeBytes, bootBytes } = this.size;
    const memmap = (Math.max(toBytes, bootBytes) - Math.max(sizeBytes, bootBytes)) * MEMMAP_OF_PLUGGED;
    const fits = room === null || memmap <= room;
    this.size.plug(fits ? toBytes : sizeBytes + Math.floor(room / MEMMAP_OF_PLUGGED / BLOCK_BYTES) * BLOCK_BYTES);
    return !fits;
  }

  /** Takes or gives back memory. @returns whether the OOM killer had to strike */
  allocate(anonBytes: number, sharedBytes: number, dt: number): boolean {
    const before = this.anonBytes + this.sharedBytes;
    const wanted = Math.max(0, anonBytes - this.swappedBytes) + sharedBytes - before;
    const most = wanted <= 0 ? 0 : Math.min(wanted, ALLOCATED_BYTES_PER_SECOND * dt, this.heldBack(dt));
    const share = wanted <= 0 ? 1 : most / wanted;
    const anonWanted = Math.max(0, anonBytes - this.swappedBytes);
    this.anonBytes += (anonWanted - this.anonBytes) * (anonWanted > this.anonBytes ? share : 1);
    this.sharedBytes += (sharedBytes - this.sharedBytes) * (sharedBytes > this.sharedBytes ? share : 1);
    this.grownBytes = this.anonBytes + this.sharedBytes - before;
    this.shortBytes = Math.max(0, wanted - this.grownBytes - this.roomBytes);
    this.swap(dt, anonBytes);
    return this.isOutOfMemory();
  }

  /** What does not fit is dropped: what is cold first. */
  reclaim(dt: number): void {
    const room = this.hotRoomBytes;
    const hot = this.hotBytes;
    const coldRoom = Math.max(0, room - hot);
    let dropped = Math.max(0, this.coldBytes - coldRoom);
    this.coldBytes -= dropped;
    if (hot > room) for (const set of this.hotSets) dropped += set.evictTo((set.cachedBytes / hot) * room);
    this.stallFor((dropped / RECLAIMED_BYTES_PER_SECOND) * 1e6, dt);
    const thrashing = 1 - this.roomBytes / THRASHING_BELOW_BYTES;
    if (thrashing > 0) this.stallFor(Math.min(1, thrashing) * dt * 1e6, dt);
  }

  /** Somebody waited for memory in a part of the step. */
  stallFor(us: number, dt: number): void {
    this.stalledUs += Math.min(us, dt * 1e6);
  }

  /** A backend was killed, so the postmaster starts all anew: their memory is gone. */
  kill(): void {
    this.oomKills += 1;
    this.anonBytes = 0;
    this.swappedBytes = 0;
    this.sharedBytes = this.rules.sharedBuffersBytes;
  }

  private get kernelUsedBytes(): number {
    return this.kernelBytes + this.size.memmapBytes;
  }

  /** A cgroup above memory.high may grow by about 1 MiB/s (measured: 0.9 MiB/s at 10 % above it). */
  private heldBack(dt: number): number {
    const { highBytes } = this.rules;
    if (this.isThrottled) return MIB * dt;
    if (highBytes === null) return Infinity;
    const above = this.anonBytes + this.sharedBytes + this.kernelBytes - highBytes;
    return above < 0 ? -above : MIB * dt;
  }

  private swap(dt: number, anonBytes: number): void {
    if (this.rules.swapBytes === 0) return;
    const most = SWAPPED_BYTES_PER_SECOND * dt;
    const lacking = -this.roomBytes;
    if (lacking > 0) {
      const out = Math.min(lacking, this.rules.swapBytes - this.swappedBytes, this.anonBytes);
      this.move(out);
      this.stallFor((out / most) * dt * 1e6, dt);
      return;
    }
    // Given back first is what lies on the disk; the rest comes back as it is touched.
    this.swappedBytes = Math.min(this.swappedBytes, anonBytes);
    this.move(-Math.min(this.swappedBytes, most, Math.max(0, -lacking - THRASHING_BELOW_BYTES)));
  }

  private move(outBytes: number): void {
    this.swappedBytes += outBytes;
    this.anonBytes -= outBytes;
    if (outBytes > 0) this.swappedOutBytes += outBytes;
    else this.swappedInBytes -= outBytes;
  }

  private isOutOfMemory(): boolean {
    const { maxBytes } = this.rules;
    if (maxBytes !== null && this.anonBytes + this.sharedBytes + this.kernelBytes > maxBytes) return true;
    if (this.kernelRoomBytes === 0 && this.grownBytes > 0) return true;
    return this.roomBytes < 0;
  }
}
