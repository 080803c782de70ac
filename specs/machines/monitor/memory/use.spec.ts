import type { CgroupReading } from '../../../../machines/monitor/events/readings';
import { exhaustionMs, runwayBytes } from '../../../../machines/monitor/memory/runway';
import { marginFor, marginTotal, useBytes } from '../../../../machines/monitor/memory/use';
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
    ['what grows while a shrink takes its time', 4 * GIB, 50 * MIB, 300 * MIB],
  ])('is %s', (_, size, growth, bytes) => {
    expect(marginFor(readings(), size, growth, 6000).marginBytes).toBe(bytes);
  });

  it('adds what waits to be written, and hot cache up to a quarter of the size', () => {
    const margin = marginFor(readings({ dirtyBytes: 7 * MIB, mappedBytes: 3 * GIB }), 4 * GIB, 0, 6000);
    expect(margin).toEqual({ marginBytes: 100 * MIB, dirtyBytes: 7 * MIB, hotFileBytes: GIB });
  });

  it('leaves out mapped shared memory, which is in use already, but no mapped page of a file', () => {
    const hot = (differences: Partial<CgroupReading>): number => {
      const { memory, cgroup } = readings();
      const changed = { ...(memory && { memory }), cgroup: { ...cgroup!, ...differences } };
      return marginFor(changed, 16 * GIB, 0, 6000).hotFileBytes;
    };
    expect(hot({ shmemBytes: 2 * GIB, fileMappedBytes: 2 * GIB + 30 * MIB })).toBe(30 * MIB);
    expect(hot({ shmemBytes: 0, fileMappedBytes: 30 * MIB })).toBe(30 * MIB);
    expect(hot({ shmemBytes: 2 * GIB, fileMappedBytes: GIB })).toBe(0);
    expect(hot({ shmemBytes: 2 * GIB, fileMappedBytes: GIB, refaultFilePagesDelta: 256 })).toBe(MIB);
  });

  it('never falls when size, growth, dirty pages or mapped cache rise (random)', () => {
    forRandom(300, (random) => {
      const less = { dirtyBytes: between(random, 0, GIB), mappedBytes: between(random, 0, GIB) };
      const more = {
        dirtyBytes: less.dirtyBytes + between(random, 0, GIB),
        mappedBytes: less.mappedBytes + between(random, 0, GIB),
      };
      const [size, growth] = [between(random, GIB, 9 * GIB), between(random, 0, GIB)];
      const before = marginTotal(marginFor(readings(less), size, growth, 6000));
      expect(marginTotal(marginFor(readings(more), size * 1.3, growth * 1.3, 6000))).toBeGreaterThanOrEqual(before);
    });
  });
});

describe('the runway', () => {
  const memory = readings({ useBytes: GIB }).memory!;

  it('is what is available without a reserve of 104 MiB, or 3 % of the size', () => {
    expect(runwayBytes(memory, null)).toBe(memory.availableBytes - 0.03 * memory.totalBytes);
    const small = readings({ size: units(1) }).memory!;
    expect(runwayBytes(small, null)).toBe(small.availableBytes - 104 * MIB);
  });

  it('ends where the kernel’s own zones can carry no more', () => {
    const kernelRoomBytes = 10 * MIB;
    expect(runwayBytes({ ...memory, kernelRoomBytes }, null)).toBe(160 * MIB - 0.03 * memory.totalBytes);
  });

  it('ends where the commit limit does, if the kernel does not overcommit', () => {
    const strict = { ...memory, commitLimitBytes: 3 * GIB, committedBytes: 2.5 * GIB };
    expect(runwayBytes(strict, null)).toBe(0.5 * GIB - 0.03 * memory.totalBytes);
  });

  it('ends where a virtual size does', () => {
    expect(runwayBytes(memory, 2 * GIB)).toBe(GIB - 104 * MIB);
  });

  it('lasts for ever without growth, and not at all once it is used up', () => {
    expect([exhaustionMs(GIB, 0), exhaustionMs(GIB, GIB), exhaustionMs(0, 0)]).toEqual([Infinity, 1000, 0]);
  });
});
