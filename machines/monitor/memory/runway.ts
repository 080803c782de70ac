/** How far memory is from its end, in bytes and in time (rule R11). */
import type { MemoryReading } from '../events/readings';
import { MIB } from '../../shared/units';

/**
 * Kept back from the runway: the kernel's own watermarks, bursts between two samples, and about 40 MiB of program text
 * of ours. MemAvailable counts those pages, but the kernel does not take them, as our memory.min keeps them: in a VM
 * of 1 GiB the OOM killer struck at a MemAvailable of 42 MiB.
 */
const RESERVE_LEAST_BYTES = 104 * MIB;
const RESERVE_FRACTION = 0.03;

/**
 * Page tables, slab and memmap come only from the kernel's own zones. One byte there carries about
 * this many bytes of use; beyond that the kernel fails although movable memory is free.
 */
const KERNEL_ZONE_CARRIES = 16;

export const reserveBytes = (totalBytes: number): number =>
  Math.max(RESERVE_LEAST_BYTES, RESERVE_FRACTION * totalBytes);

/** What the kernel itself will still hand out. */
const kernelAvailableBytes = (memory: MemoryReading): number => {
  const byZones = (memory.kernelRoomBytes ?? Infinity) * KERNEL_ZONE_CARRIES;
  const byCommit =
    memory.commitLimitBytes === undefined || memory.committedBytes === undefined
      ? Infinity
      : memory.commitLimitBytes - memory.committedBytes;
  return Math.min(memory.availableBytes, byZones, byCommit);
};

/**
 * Bytes that use may still grow by; negative once the reserve is touched. `virtualSizeBytes`: a size
 * that the kernel does not know of (an agent without a hypervisor) bounds it too.
 */
export const runwayBytes = (memory: MemoryReading, virtualSizeBytes: number | null): number => {
  const available = kernelAvailableBytes(memory);
  if (virtualSizeBytes === null) return available - reserveBytes(memory.totalBytes);
  const virtual = virtualSizeBytes - (memory.totalBytes - memory.availableBytes);
  return Math.min(available, virtual) - reserveBytes(Math.min(memory.totalBytes, virtualSizeBytes));
};

/** Milliseconds until the runway is used up at this growth; Infinity when nothing grows, 0 when it is used up. */
export const exhaustionMs = (runway: number, growthBytesPerS: number): number => {
  if (runway <= 0) return 0;
  return growthBytesPerS <= 0 ? Infinity : (runway * 1000) / growthBytesPerS;
};
