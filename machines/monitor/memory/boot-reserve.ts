/**
 * What the kernel keeps of the memory that a VM was given (rule R11): declared size − MemTotal. The memmap takes 64
 * bytes for each page of 4 KiB, 1/64 of the size that the VM was booted with, as that is taken before MemTotal is
 * counted; the kernel's own text and tables take some 40 MiB, and its hash tables grow with the size too. Measured:
 * 47 MiB of 768 MiB, 424 MiB of 24 GiB, 107 MiB of 512 MiB that may grow to 20 GiB (swiotlb takes 64 MiB then).
 *
 * Memory that is plugged later takes its memmap from memory that is counted: it shows as use, comes back when it is
 * unplugged, and the reserve stays. So the reserve of the present size holds for each smaller one.
 */
import { MIB } from '../../shared/units';

/** Memory blocks are plugged in steps of this size on x86 (kernel doc admin-guide/mm/memory-hotplug). */
const MEMORY_BLOCK_BYTES = 128 * MIB;
const MEMMAP_FRACTION = 1 / 64;
/** Hash tables and the like, where they are largest. */
const TABLES_FRACTION = 1 / 256;
/** What the kernel keeps beside them: least, commonly, most. */
const KERNEL_LEAST_BYTES = 16 * MIB;
const KERNEL_USUAL_BYTES = 64 * MIB;
const KERNEL_MOST_BYTES = 160 * MIB;
/** A VM of at most 4 GiB that has grown by plugging keeps no more than this. */
const PLUGGED_MOST_BYTES = 224 * MIB;

const memmapBytes = (sizeBytes: number): number => MEMMAP_FRACTION * sizeBytes;

/** The most that a kernel keeps of a VM of this size; a larger difference is memory that is not there yet. */
export const bootReserveMostBytes = (sizeBytes: number): number =>
  memmapBytes(sizeBytes) + TABLES_FRACTION * sizeBytes + KERNEL_MOST_BYTES;

const isWholeBoot = (sizeBytes: number, totalBytes: number): boolean => {
  const reserve = sizeBytes - totalBytes;
  return reserve >= memmapBytes(sizeBytes) + KERNEL_LEAST_BYTES && reserve <= bootReserveMostBytes(sizeBytes);
};

const isGrown = (sizeBytes: number, totalBytes: number): boolean =>
  sizeBytes - totalBytes >= KERNEL_LEAST_BYTES && sizeBytes - totalBytes <= PLUGGED_MOST_BYTES;

/** The size whose usual reserve leaves this MemTotal. */
const usualSizeBytes = (totalBytes: number): number => (totalBytes + KERNEL_USUAL_BYTES) / (1 - MEMMAP_FRACTION);

const nearest = (bytes: number, stepBytes: number): number => Math.round(bytes / stepBytes) * stepBytes;
const above = (bytes: number, stepBytes: number): number => Math.ceil(bytes / stepBytes) * stepBytes;

/** The size that most likely was given, largest doubts last. */
const likelySizeBytes = (totalBytes: number, unitBytes: number): number => {
  const step = Math.max(unitBytes, MEMORY_BLOCK_BYTES);
  const booted = nearest(usualSizeBytes(totalBytes), step);
  if (isWholeBoot(booted, totalBytes)) return booted;
  const grown = above(totalBytes + KERNEL_LEAST_BYTES, step);
  if (isGrown(grown, totalBytes)) return grown;
  const blocks = nearest(usualSizeBytes(totalBytes), MEMORY_BLOCK_BYTES);
  return Math.max(blocks, above(totalBytes + KERNEL_LEAST_BYTES, MEMORY_BLOCK_BYTES));
};

/**
 * An estimate before the size is declared: VMs are given whole compute units, else whole memory blocks.
 * A MemTotal of whole blocks is no kernel's own: a container shows its limit so, and nothing is kept of that.
 */
export const estimateBootReserve = (totalBytes: number, unitBytes: number): number =>
  totalBytes % MEMORY_BLOCK_BYTES === 0 ? 0 : likelySizeBytes(totalBytes, unitBytes) - totalBytes;

/** Declared size − MemTotal, if a kernel may keep so much; null: the declared memory is not (all) there. */
export const declaredReserveBytes = (declaredBytes: number, totalBytes: number): number | null => {
  const reserve = declaredBytes - totalBytes;
  return reserve >= 0 && reserve <= bootReserveMostBytes(declaredBytes) ? reserve : null;
};
