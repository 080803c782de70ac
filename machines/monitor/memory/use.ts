/** What is in use and what it takes to keep it: the numbers of rule R5. */
import type { CgroupReading, Readings } from '../events/readings';
import { MIB } from '../../shared/units';

const PAGE_BYTES = 4096;

/** Kept free below every size that is approved: max(100 MiB, 2 % of it). */
const MARGIN_LEAST_BYTES = 100 * MIB;
const MARGIN_FRACTION = 0.02;
/** Hot file pages count as use, but never for more than a quarter of the size. */
const HOT_FILE_FRACTION = 0.25;

/** MemTotal − MemAvailable. */
export const vmUseBytes = ({ memory }: Readings): number | null =>
  memory === undefined ? null : memory.totalBytes - memory.availableBytes;

/** anon + shmem + kernel + swap of the cgroup. */
export const cgroupUseBytes = ({ cgroup }: Readings): number | null =>
  cgroup === undefined ? null : cgroup.anonBytes + cgroup.shmemBytes + cgroup.kernelBytes + cgroup.swapBytes;

/**
 * Use that cannot be reclaimed: the larger of the cgroup's anon + shmem + kernel + swap and the VM's
 * MemTotal − MemAvailable (`vm`: that figure, where a better one is known). Cold cache is in neither (rule R4).
 * Without the VM's own figure there is none.
 */
export const useBytes = (readings: Readings, vm = vmUseBytes(readings)): number | null =>
  vm === null ? null : Math.max(vm, cgroupUseBytes(readings) ?? 0);

/**
 * Pages of files that are mapped. file_mapped counts mapped shared memory as well, which is in the use already: with
 * 8 GiB of shared_buffers it would count twice. Which part of shmem is mapped the kernel does not say; so much as is
 * not mapped may be missing here, down to nothing. That is the harmless side: all of shmem is use whether it is mapped
 * or not, and what is missing can be reclaimed, so to take it costs reads, never an allocation. The other bound
 * (file − shmem) would take all of a cold cache for hot.
 */
const mappedFileBytes = ({ fileMappedBytes, shmemBytes }: CgroupReading): number =>
  Math.max(0, fileMappedBytes - shmemBytes);

/** File pages that are mapped, or came back soon after they were dropped: losing them costs reads at once. */
const hotFileBytes = ({ cgroup }: Readings, sizeBytes: number): number => {
  if (cgroup === undefined) return 0;
  const refaulted = (cgroup.refaultFilePagesDelta ?? 0) * PAGE_BYTES;
  return Math.min(mappedFileBytes(cgroup) + refaulted, HOT_FILE_FRACTION * sizeBytes);
};

export interface Margin {
  readonly marginBytes: number;
  readonly dirtyBytes: number;
  readonly hotFileBytes: number;
}

/** What must stay free beside the use in a VM of `sizeBytes`, while a shrink takes `shrinkMs`. */
export const marginFor = (
  readings: Readings,
  sizeBytes: number,
  growthBytesPerS: number,
  shrinkMs: number,
): Margin => ({
  marginBytes: Math.max(
    MARGIN_LEAST_BYTES,
    MARGIN_FRACTION * sizeBytes,
    (Math.max(0, growthBytesPerS) * shrinkMs) / 1000,
  ),
  dirtyBytes: (readings.memory?.dirtyBytes ?? 0) + (readings.memory?.writebackBytes ?? 0),
  hotFileBytes: hotFileBytes(readings, sizeBytes),
});

export const marginTotal = (margin: Margin): number => margin.marginBytes + margin.dirtyBytes + margin.hotFileBytes;
