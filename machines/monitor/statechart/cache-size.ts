/** The file cache that fits a VM of a given size. */
import { FILE_CACHE_IN_MEMORY, FILE_CACHE_ON_DISK, fileCacheSize } from '../memory/file-cache-size';
import { MIB } from '../../shared/units';
import type { StatechartConfig } from './context';

/** What the kernel and the VM's own services take of every size before Postgres sees it (neon vm_monitor). */
const SYSTEM_BUFFER_BYTES = 100 * MIB;

/** Bytes of cache for a VM of `totalBytes`; 0 when it is too small for any. */
export const fileCacheBytes = (config: StatechartConfig, totalBytes: number): number =>
  fileCacheSize(
    config.fileCache === 'disk' ? FILE_CACHE_ON_DISK : FILE_CACHE_IN_MEMORY,
    Math.max(0, totalBytes - SYSTEM_BUFFER_BYTES),
  );
