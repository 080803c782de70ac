/** What is in use and what it takes to keep it: the numbers of rule R5. */
import type { CgroupReading, Readings } from '../events/readings';
import { leftAt } from './ladder';

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
 * MemTotal − MemAvailable (`vm`: that figure, where a better one is known) with all that is swapped out, in the cgroup
 * or beside it. Cold cache is in neither (rule R4). Without the VM's own figure there is none.
 */
export const useBytes = (readings: Readings, vm = vmUseBytes(readings)): number | null =>
  vm === null ? null : Math.max(vm + (readings.memory?.swapUsedBytes ?? 0), cgroupUseBytes(readings) ?? 0);

/**
 * Pages of files that are mapped. file_mapped counts mapped shared memory as well, which is in the use already: with
 * 8 GiB of shared_buffers it would count twice. Which part of shmem is mapped the kernel does not say; so much as is
 * not mapped may be missing here, down to nothing. That is the harmless side: all of shmem is use whether it is mapped
 * or not, and what is missing can be reclaimed, so to take it costs reads, never an allocation. The other bound
 * (file − shmem) would take all of a cold cache for hot.
 */
const mappedFileBytes = ({ fileMappedBytes, shmemBytes }: CgroupReading): number =>
  Math.max(0, fileMappedBytes - shmemBytes);

/**
 * File pages that are mapped, or came back soon after they were dropped: losing them costs reads at once.
 * `refaultedBytes`: what came back in the last seconds.
 */
export const hotFileBytes = ({ cgroup }: Readings, refaultedBytes: number, sizeBytes: number): number =>
  cgroup === undefined ? 0 : Math.min(mappedFileBytes(cgroup) + refaultedBytes, HOT_FILE_FRACTION * sizeBytes);

export const dirtyBytes = ({ memory }: Readings): number => (memory?.dirtyBytes ?? 0) + (memory?.writebackBytes ?? 0);

export interface Margin {
  readonly marginBytes: number;
  readonly dirtyBytes: number;
  readonly hotFileBytes: number;
}

/** What must stay free beside the use in a VM of `sizeBytes`, while use grows by `growthBytes`. */
export const marginFor = (
  readings: Readings,
  refaultedBytes: number,
  sizeBytes: number,
  growthBytes: number,
): Margin => ({
  marginBytes: Math.max(leftAt('approved', sizeBytes), growthBytes),
  dirtyBytes: dirtyBytes(readings),
  hotFileBytes: hotFileBytes(readings, refaultedBytes, sizeBytes),
});

export const marginTotal = (margin: Margin): number => margin.marginBytes + margin.dirtyBytes + margin.hotFileBytes;
