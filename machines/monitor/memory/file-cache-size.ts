/**
 * How large Postgres' local file cache should be in a VM of a given memory.
 * Source: neondatabase/neon, libs/vm_monitor, src/filecache.rs (FileCacheConfig).
 */
import {
  NOT_NEGATIVE,
  POSITIVE,
  PROPER_FRACTION,
  requireAllowed,
  requireFields,
  type Allowed,
} from '../../shared/check';
import { MIB } from '../../shared/units';

export interface FileCacheConfig {
  /** The cache's share of all memory once there is enough of it; > 0 and < 1. */
  readonly resourceMultiplier: number;
  /** What must remain for all else before the cache gets anything; > 0. */
  readonly minRemainingAfterCacheBytes: number;
  /**
   * While the cache grows from nothing to its share: bytes that go to all else for each byte that
   * goes to the cache; >= 0. resourceMultiplier x (spreadFactor + 1) must be < 1, else the cache
   * would never reach its share.
   */
  readonly spreadFactor: number;
}

/** The cache lies in shared memory. */
export const FILE_CACHE_IN_MEMORY: FileCacheConfig = {
  resourceMultiplier: 0.75,
  minRemainingAfterCacheBytes: 640 * MIB,
  spreadFactor: 0.1,
};

/** The cache lies on disk and lives in the kernel's page cache. */
export const FILE_CACHE_ON_DISK: FileCacheConfig = {
  resourceMultiplier: 0.75,
  minRemainingAfterCacheBytes: 256 * MIB,
  spreadFactor: 0.1,
};

const ALLOWED: Readonly<Record<keyof FileCacheConfig, Allowed>> = {
  resourceMultiplier: PROPER_FRACTION,
  minRemainingAfterCacheBytes: POSITIVE,
  spreadFactor: NOT_NEGATIVE,
};

const BELOW_ONE: Allowed = { words: 'less than 1', holds: (value) => typeof value === 'number' && value < 1 };

const requireValid = (config: FileCacheConfig): void => {
  requireFields('config', config, ALLOWED);
  const steepest = config.resourceMultiplier * (config.spreadFactor + 1);
  requireAllowed('config.resourceMultiplier x (config.spreadFactor + 1)', steepest, BELOW_ONE);
};

/**
 * The cache's size in bytes, in whole MiB: the smaller of its share and of what is left above the
 * minimum, spread. The two lines meet at minRemaining / (1 - resourceMultiplier x (spreadFactor + 1)):
 * 1462.86 MiB on disk, 3657.14 MiB in memory.
 * Throws RangeError for a config outside the bounds above and for a size that is not finite or negative.
 */
export const fileCacheSize = (config: FileCacheConfig, totalMemoryBytes: number): number => {
  requireValid(config);
  requireAllowed('totalMemoryBytes', totalMemoryBytes, NOT_NEGATIVE);
  const availableBytes = Math.max(0, totalMemoryBytes - config.minRemainingAfterCacheBytes);
  const spreadBytes = Math.trunc(availableBytes / (1 + config.spreadFactor));
  const shareBytes = Math.trunc(totalMemoryBytes * config.resourceMultiplier);
  return Math.floor(Math.min(spreadBytes, shareBytes) / MIB) * MIB;
};
