import type { CgroupReading } from '../../../../machines/monitor/events/readings';
import { dirtyBytes, hotFileBytes, marginFor, marginTotal, useBytes } from '../../../../machines/monitor/memory/use';
import { GIB, MIB } from '../../../../machines/shared/units';
import { between, forRandom } from '../../../support/random';
import { IDLE_VM, readingsOf, type Vm } from '../../../support/vm';
import { units } from '../../../support/chart-events';

const readings = (differences: Partial<Vm> = {}) => readingsOf({ ...IDLE_VM, size: units(4), ...differences }, 100);

describe('use', () => {
  it('is MemTotal − MemAvailable without a cgroup', () => {
    expect(useBytes(readings({ hasCgroup: false, useBytes: GIB }))).toBe(GIB);
  });

  it('is the cgroup’s anon + shmem + kernel + swap where that is more', () => {
    const { memory, cgroup } = readings();
    const swapped = { ...cgroup!, anonBytes: GIB, shmemBytes: GIB, kernelBytes: MIB, swapBytes: 2 * MIB };
    expect(useBytes({ ...(memory && { memory }), cgroup: swapped })).toBe(2 * GIB + 3 * MIB);
  });

  it('is unknown without the VM’s own figures', () => {
    const { cgroup } = readings();
    expect(useBytes({ ...(cgroup && { cgroup }) })).toBeNull();
  });
});

describe('the margin', () => {
  it.each([
    ['100 MiB at least', 4 * GIB, 0, 100 * MIB],
    ['2 % of a large size', 10 * GIB, 0, 0.02 * 10 * GIB],
    ['what grows while a shrink takes its time', 4 * GIB, 300 * MIB, 300 * MIB],
    ['no less for a little growth', 4 * GIB, 99 * MIB, 100 * MIB],
  ])('is %s', (_, size, growthBytes, bytes) => {
    expect(marginFor(readings(), 0, size, growthBytes).marginBytes).toBe(bytes);
  });

  it('adds what waits to be written, and hot cache up to a quarter of the size', () => {
    const margin = marginFor(readings({ dirtyBytes: 7 * MIB, mappedBytes: 3 * GIB }), 0, 4 * GIB, 0);
    expect(margin).toEqual({ marginBytes: 100 * MIB, dirtyBytes: 7 * MIB, hotFileBytes: GIB });
    expect(marginTotal(margin)).toBe(107 * MIB + GIB);
  });

  it('counts pages under writeback as dirty', () => {
    const { memory } = readings({ dirtyBytes: 7 * MIB });
    expect(dirtyBytes({ memory: { ...memory!, writebackBytes: 3 * MIB } })).toBe(10 * MIB);
    expect(dirtyBytes({})).toBe(0);
  });

  it('leaves out mapped shared memory, which is in use already, but no mapped page of a file', () => {
    const hot = (differences: Partial<CgroupReading>, refaultedBytes = 0): number => {
      const { memory, cgroup } = readings();
      const changed = { ...(memory && { memory }), cgroup: { ...cgroup!, ...differences } };
      return hotFileBytes(changed, refaultedBytes, 16 * GIB);
    };
    expect(hot({ shmemBytes: 2 * GIB, fileMappedBytes: 2 * GIB + 30 * MIB })).toBe(30 * MIB);
    expect(hot({ shmemBytes: 0, fileMappedBytes: 30 * MIB })).toBe(30 * MIB);
    expect(hot({ shmemBytes: 2 * GIB, fileMappedBytes: GIB })).toBe(0);
    expect(hot({ shmemBytes: 2 * GIB, fileMappedBytes: GIB }, MIB)).toBe(MIB);
    expect(hot({ shmemBytes: 0, fileMappedBytes: GIB }, 5 * GIB)).toBe(4 * GIB);
  });

  it('knows no hot cache without a cgroup', () => {
    expect(hotFileBytes(readings({ hasCgroup: false }), GIB, 16 * GIB)).toBe(0);
  });

  it('never falls when size, growth, dirty pages, mapped cache or refaults rise (random)', () => {
    forRandom(300, (random) => {
      const less = { dirtyBytes: between(random, 0, GIB), mappedBytes: between(random, 0, GIB) };
      const more = {
        dirtyBytes: less.dirtyBytes + between(random, 0, GIB),
        mappedBytes: less.mappedBytes + between(random, 0, GIB),
      };
      const [size, growth] = [between(random, GIB, 9 * GIB), between(random, 0, 6 * GIB)];
      const refaulted = between(random, 0, GIB);
      const before = marginTotal(marginFor(readings(less), refaulted, size, growth));
      const after = marginTotal(marginFor(readings(more), refaulted * 1.3, size * 1.3, growth * 1.3));
      expect(after).toBeGreaterThanOrEqual(before);
    });
  });
});
