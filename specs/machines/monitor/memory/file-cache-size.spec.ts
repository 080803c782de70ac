import {
  FILE_CACHE_IN_MEMORY,
  FILE_CACHE_ON_DISK,
  fileCacheSize,
  type FileCacheConfig,
} from '../../../../machines/monitor/memory/file-cache-size';
import { GIB, MIB } from '../../../../machines/shared/units';

describe('size of the file cache', () => {
  it.each<[string, FileCacheConfig, totalMib: number, sizeMib: number]>([
    ['no memory', FILE_CACHE_ON_DISK, 0, 0],
    ['less than must remain', FILE_CACHE_ON_DISK, 100, 0],
    ['just what must remain', FILE_CACHE_ON_DISK, 256, 0],
    ['1 MiB more: 1 / 1.1 = 0.9 MiB is no whole one', FILE_CACHE_ON_DISK, 257, 0],
    ['1.2 MiB more: 1.2 / 1.1 = 1.09, the first whole MiB', FILE_CACHE_ON_DISK, 257.2, 1],
    ['spread: (1024 - 256) / 1.1 = 698.2', FILE_CACHE_ON_DISK, 1024, 698],
    ['below the crossing 1462.86, spread: 1206 / 1.1 = 1096.4, share 1096.5', FILE_CACHE_ON_DISK, 1462, 1096],
    ['above the crossing, share: 1464 x 0.75 = 1098, spread 1098.2', FILE_CACHE_ON_DISK, 1464, 1098],
    ['share: 2048 x 0.75', FILE_CACHE_ON_DISK, 2048, 1536],
    ['just what must remain', FILE_CACHE_IN_MEMORY, 640, 0],
    ['spread: (1024 - 640) / 1.1 = 349.1', FILE_CACHE_IN_MEMORY, 1024, 349],
    ['below the crossing 3657.14, spread: 3010 / 1.1 = 2736.4, share 2737.5', FILE_CACHE_IN_MEMORY, 3650, 2736],
    ['above the crossing, share: 3660 x 0.75 = 2745, spread 2745.5', FILE_CACHE_IN_MEMORY, 3660, 2745],
    ['share: 4096 x 0.75', FILE_CACHE_IN_MEMORY, 4096, 3072],
    ['share of 1 TiB', FILE_CACHE_IN_MEMORY, 1024 * 1024, 768 * 1024],
    ['no spread: 512 - 256', { ...FILE_CACHE_ON_DISK, spreadFactor: 0 }, 512, 256],
  ])('%s (%j, %d MiB)', (_why, config, totalMib, sizeMib) => {
    expect(fileCacheSize(config, totalMib * MIB)).toBe(sizeMib * MIB);
  });

  it('rounds down to whole MiB when a single byte is missing', () => {
    // 2 GiB x 0.75 = 1536 MiB; one byte less gives 1535.
    expect(fileCacheSize(FILE_CACHE_ON_DISK, 2 * GIB - 1)).toBe(1535 * MIB);
  });

  it('never shrinks when memory grows, and always leaves what must remain', () => {
    let before = 0;
    for (let totalMib = 0; totalMib <= 8192; totalMib += 13) {
      const size = fileCacheSize(FILE_CACHE_IN_MEMORY, totalMib * MIB);
      expect(size).toBeGreaterThanOrEqual(before);
      expect(size).toBeLessThanOrEqual(Math.max(0, totalMib - 640) * MIB);
      before = size;
    }
  });

  it.each<[Partial<FileCacheConfig>, string]>([
    [{ resourceMultiplier: 0 }, 'config.resourceMultiplier is 0; allowed: a number > 0 and < 1'],
    [{ resourceMultiplier: 1 }, 'config.resourceMultiplier is 1; allowed: a number > 0 and < 1'],
    [{ resourceMultiplier: NaN }, 'config.resourceMultiplier is NaN; allowed: a number > 0 and < 1'],
    [{ minRemainingAfterCacheBytes: 0 }, 'config.minRemainingAfterCacheBytes is 0; allowed: a finite number > 0'],
    [{ spreadFactor: -0.1 }, 'config.spreadFactor is -0.1; allowed: a finite number >= 0'],
    [
      { resourceMultiplier: 0.5, spreadFactor: 1 }, // exactly 1: the lines would never cross
      'config.resourceMultiplier x (config.spreadFactor + 1) is 1; allowed: less than 1',
    ],
  ])('refuses %j', (wrong, message) => {
    expect(() => fileCacheSize({ ...FILE_CACHE_ON_DISK, ...wrong }, GIB)).toThrow(new RangeError(message));
  });

  it.each([-1, NaN, Infinity])('refuses a total of %d bytes', (total) => {
    expect(() => fileCacheSize(FILE_CACHE_ON_DISK, total)).toThrow(
      new RangeError(`totalMemoryBytes is ${total}; allowed: a finite number >= 0`),
    );
  });

  it('accepts a config just inside the bounds', () => {
    const steep = { resourceMultiplier: 0.5, minRemainingAfterCacheBytes: 1, spreadFactor: 0.999 };
    // share: 512 MiB; spread: (1024 MiB - 1) / 1.999 = 512.3 MiB.
    expect(fileCacheSize(steep, GIB)).toBe(512 * MIB);
  });
});
