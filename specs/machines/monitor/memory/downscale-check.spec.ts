/** May a VM shrink? Rule R5, number by number. */
import { checkDownscale, type DownscaleQuestion } from '../../../../machines/monitor/memory/downscale-check';
import { GIB, MIB } from '../../../../machines/shared/units';
import { units } from '../../../support/chart-events';
import { between, forRandom } from '../../../support/random';
import { bootReserveOf, IDLE_VM, readingsOf } from '../../../support/vm';

const AT = 10_000;
const RESERVE_BYTES = bootReserveOf(units(4).mem);

/** 900 MiB are in use; two units are asked for. */
const question = (differences: Partial<DownscaleQuestion> = {}): DownscaleQuestion => ({
  at: AT,
  target: units(2),
  targetDigits: String(units(2).mem),
  readings: readingsOf({ ...IDLE_VM, size: units(4), useBytes: 900 * MIB }, 100),
  sampledAt: AT - 100,
  recommendedMem: null,
  bootReserveBytes: RESERVE_BYTES,
  growthBytesPerS: 0,
  shrinkMs: 6000,
  refaultedBytes: 0,
  releasedBytes: 0,
  ...differences,
});

const isOk = (differences: Partial<DownscaleQuestion>): boolean => checkDownscale(question(differences)).ok;
const withUse = (useBytes: number) => ({ readings: readingsOf({ ...IDLE_VM, size: units(4), useBytes }, 100) });

describe('a smaller size', () => {
  it('that holds use and margin is fine, whatever its CPU', () => {
    expect(isOk({})).toBe(true);
    expect(isOk({ target: { cpu: 0, mem: units(2).mem } })).toBe(true);
  });

  it('is measured by what of it is usable', () => {
    const fits = 2 * GIB - 100 * MIB;
    expect(isOk({ ...withUse(fits), bootReserveBytes: 0 })).toBe(true);
    expect(isOk({ ...withUse(fits), bootReserveBytes: 1 })).toBe(false);
  });

  it('need not hold what the file cache gives back first, but no less than nothing is in use', () => {
    const full = withUse(2 * GIB);
    expect(isOk({ ...full, bootReserveBytes: 0, releasedBytes: 100 * MIB })).toBe(true);
    expect(isOk({ ...full, bootReserveBytes: 0, releasedBytes: 100 * MIB - 1 })).toBe(false);
    const target = { cpu: 1, mem: 100 * MIB - 1 };
    expect(isOk({ ...full, bootReserveBytes: 0, target, releasedBytes: 3 * GIB })).toBe(false);
  });

  it('must hold the cache that just came back after it had been dropped', () => {
    const tight = withUse(1600 * MIB);
    const left = 2 * GIB - RESERVE_BYTES - 1700 * MIB;
    expect(isOk({ ...tight, refaultedBytes: left })).toBe(true);
    expect(isOk({ ...tight, refaultedBytes: left + 1 })).toBe(false);
  });

  it('must hold what use grows by while it shrinks', () => {
    const room = 2 * GIB - RESERVE_BYTES - 900 * MIB;
    expect(isOk({ growthBytesPerS: room / 6 })).toBe(true);
    expect(isOk({ growthBytesPerS: room / 6 + 1 })).toBe(false);
  });

  it('of 10 GiB holds 8 GiB of shared_buffers, all mapped, and half a GiB beside', () => {
    const large = { size: units(16), useBytes: 8.5 * GIB, shmemBytes: 8 * GIB, cacheBytes: 6 * GIB };
    const readings = readingsOf({ ...IDLE_VM, ...large, mappedBytes: 20 * MIB }, 100);
    expect(isOk({ readings, target: units(10) })).toBe(true);
    expect(isOk({ readings, target: units(8) })).toBe(false);
  });

  it.each([
    [1000, true],
    [1001, false],
  ])('on a sample of %i ms: %s', (ageMs, ok) => {
    expect(isOk({ sampledAt: AT - ageMs })).toBe(ok);
  });

  it.each([
    ['more memory, for 999 ms', 3 * GIB, 999, false],
    ['more memory, for a second', 3 * GIB, 1000, true],
    ['no more than it, just now', 2 * GIB, 0, true],
  ])('where %s is needed: %s', (_, bytes, ageMs, ok) => {
    expect(isOk({ recommendedMem: { bytes, since: AT - ageMs } })).toBe(ok);
  });

  it('is never approved below use and 100 MiB, or without a fresh sample (random)', () => {
    forRandom(500, (random) => {
      const useBytes = between(random, 0, 4 * GIB);
      const ageMs = between(random, 0, 2000);
      const target = { cpu: 1, mem: between(random, 0, 4 * GIB) };
      if (!isOk({ ...withUse(useBytes), target, sampledAt: AT - ageMs })) return;
      expect(target.mem).toBeGreaterThanOrEqual(useBytes + 100 * MIB);
      expect(ageMs).toBeLessThanOrEqual(1000);
    });
  });
});

describe('the status', () => {
  it.each([0, 50 * MIB])('for a size of %i bytes, less than the kernel keeps, says that nothing is usable', (mem) => {
    const { ok, status } = checkDownscale(question({ target: { cpu: 1, mem }, targetDigits: String(mem) }));
    expect(ok).toBe(false);
    expect(status).toContain(`${mem} bytes of memory (0 B usable, as the kernel alone keeps 104 MiB of this VM)`);
  });

  it('names the numbers, and the target digit for digit', () => {
    const { status } = checkDownscale(question({ targetDigits: '18446744073709551615' }));
    expect(status).toBe(
      '18446744073709551615 bytes of memory (1.9 GiB usable) hold ' +
        '900 MiB in use (of it 64 MiB shared memory touched) + 100 MiB margin + 0 B dirty + 0 B hot cache',
    );
  });
});
