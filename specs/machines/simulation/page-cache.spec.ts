import { PageCache, workingSetBytes } from '../../../machines/simulation/page-cache';
import { KERNEL_BYTES } from '../../../machines/simulation/server';
import { GIB, MIB } from '../../../machines/shared/units';
import { evenTrace } from '../../support/simulation';

/** A VM that has this much left beside its demand of a GiB. */
const left = (bytes: number): number => GIB + KERNEL_BYTES + bytes;

describe('the working set', () => {
  it('is drawn by the name of the trace, from a tenth to a half of its capacity', () => {
    const sets = Array.from({ length: 100 }, (_, i) => workingSetBytes(evenTrace({ name: `vm_${i}`, memGib: [1] })));
    expect(Math.min(...sets)).toBeGreaterThanOrEqual(1.6 * GIB);
    expect(Math.max(...sets)).toBeLessThanOrEqual(8 * GIB);
    expect(new Set(sets).size).toBe(100);
    expect(workingSetBytes(evenTrace({ name: 'vm_7', memGib: [2] }))).toBe(sets[7]);
  });

  it('is none where the trace has no memory', () => {
    expect(workingSetBytes(evenTrace({ cpuCores: [1] }))).toBe(0);
  });
});

describe('the page cache', () => {
  it('misses nothing while all of the working set fits', () => {
    const cache = new PageCache(GIB);
    cache.step(left(2 * GIB), GIB, false, 1);
    expect(cache).toMatchObject({ missSeconds: 0, refilledGib: 0, roomGibSeconds: 1 });
  });

  it('misses half of the reads with a quarter of the working set', () => {
    const cache = new PageCache(GIB);
    cache.step(left(GIB / 4), GIB, true, 1);
    expect(cache.missSeconds).toBeCloseTo(0.5);
    expect(cache.roomGibSeconds).toBeCloseTo(0.25);
  });

  it('is read again after a shrink, the faster the more is missed', () => {
    const cache = new PageCache(GIB);
    cache.step(left(GIB / 4), GIB, true, 1);
    cache.step(left(GIB), GIB, false, 1);
    expect(cache.refilledGib * GIB).toBeCloseTo(50 * MIB);
    let refilled = cache.refilledGib;
    for (let second = 0; second < 1000; second += 1) {
      cache.step(left(GIB), GIB, false, 1);
      refilled += cache.refilledGib;
    }
    expect(refilled).toBeCloseTo(0.75, 2);
  });

  it('counts as read again only what a shrink has cost, not what demand has taken', () => {
    const cache = new PageCache(GIB);
    cache.step(left(GIB), 1.5 * GIB, false, 1);
    cache.step(left(GIB), GIB, false, 1);
    expect(cache.missSeconds).toBeGreaterThan(0);
    expect(cache.refilledGib).toBe(0);
  });
});
