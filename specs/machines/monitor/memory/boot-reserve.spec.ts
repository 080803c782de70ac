/** What the kernel keeps of a VM: an estimate from MemTotal, and what an agent declares. */
import {
  bootReserveMostBytes,
  declaredReserveBytes,
  estimateBootReserve,
} from '../../../../machines/monitor/memory/boot-reserve';
import { GIB, KIB, MIB } from '../../../../machines/shared/units';
import { between, forRandom } from '../../../support/random';

const UNIT_BYTES = GIB;

describe('the estimate', () => {
  it.each([
    ['768 MiB, measured', 768, 47],
    ['512 MiB that may grow to 20 GiB, measured', 512, 107],
    ['24 GiB, measured', 24 * 1024, 424],
    ['16 GiB', 16 * 1024, 375],
    ['64 GiB', 64 * 1024, 1272],
    ['16 GiB, of which 15 were plugged', 16 * 1024, 107],
  ])('is exact for %s', (_, sizeMib, reserveMib) => {
    expect(estimateBootReserve((sizeMib - reserveMib) * MIB, UNIT_BYTES)).toBe(reserveMib * MIB);
  });

  it('is exact for whole units that were booted, up to 256 GiB (random)', () => {
    forRandom(300, (random) => {
      const units = Math.floor(between(random, 1, 256));
      const reserve = (units * GIB) / 64 + Math.round(between(random, 24, 130)) * MIB + 64 * KIB;
      expect(estimateBootReserve(units * GIB - reserve, UNIT_BYTES)).toBe(reserve);
    });
  });

  it('is within a memory block of what was given, also where that is no whole unit (random)', () => {
    forRandom(300, (random) => {
      const size = Math.floor(between(random, 4, 128)) * 128 * MIB;
      const reserve = size / 64 + Math.round(between(random, 24, 100)) * MIB + 64 * KIB;
      expect(Math.abs(estimateBootReserve(size - reserve, 16 * GIB) - reserve)).toBeLessThanOrEqual(128 * MIB);
    });
  });

  it('is nothing where MemTotal is the limit of a container', () => {
    expect(estimateBootReserve(3 * GIB, UNIT_BYTES)).toBe(0);
  });
});

describe('a declared size', () => {
  it.each([
    ['what the kernel shows', 0, 0],
    ['more by what a kernel keeps', 375 * MIB, 375 * MIB],
    ['more by the most that it may keep', bootReserveMostBytes(16 * GIB), bootReserveMostBytes(16 * GIB)],
    ['more than that: not plugged yet', bootReserveMostBytes(16 * GIB) + 1, null],
    ['less than the kernel shows', -1, null],
  ])('of %s', (_, difference, reserve) => {
    expect(declaredReserveBytes(16 * GIB, 16 * GIB - difference)).toBe(reserve);
  });
});
