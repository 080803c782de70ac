import { exhaustionMs, isCurable, runwaysOf, type RunwayTerm } from '../../../../machines/monitor/memory/runway';
import type { MemoryReading, CgroupReading } from '../../../../machines/monitor/events/readings';
import { leftAt } from '../../../../machines/monitor/memory/ladder';
import { GIB, MIB } from '../../../../machines/shared/units';
import { units } from '../../../support/chart-events';
import { between, forRandom } from '../../../support/random';
import { IDLE_VM, readingsOf } from '../../../support/vm';

const READINGS = readingsOf({ ...IDLE_VM, size: units(8), useBytes: GIB }, 100);
const MEMORY = READINGS.memory!;
const { totalBytes, availableBytes } = MEMORY;

const runways = (
  memory: Partial<MemoryReading> = {},
  cgroup: Partial<CgroupReading> = {},
  virtual: number | null = null,
) => runwaysOf({ ...READINGS, memory: { ...MEMORY, ...memory }, cgroup: { ...READINGS.cgroup!, ...cgroup } }, virtual)!;

describe('the runway', () => {
  it('is what is available, down to where memory counts as short', () => {
    const { shortest, curable } = runways();
    expect(shortest).toEqual({
      bytes: availableBytes - leftAt('critical', totalBytes),
      leftBytes: availableBytes,
      sizeBytes: totalBytes,
      term: 'memory',
    });
    expect(curable).toEqual(shortest);
  });

  it('ends where a virtual size does, and is reckoned of that', () => {
    expect(runways({}, {}, 2 * GIB).shortest).toEqual({
      bytes: GIB - 80 * MIB,
      leftBytes: GIB,
      sizeBytes: 2 * GIB,
      term: 'memory',
    });
    expect(runways({}, {}, 64 * GIB).shortest).toEqual(runways().shortest);
  });

  it('is negative beyond the end of a virtual size', () => {
    expect(runways({}, {}, GIB / 2).shortest).toMatchObject({ leftBytes: -GIB / 2, bytes: -GIB / 2 - 80 * MIB });
  });

  it('ends where the commit limit does, if the kernel does not overcommit', () => {
    const { shortest, curable } = runways({ commitLimitBytes: 3 * GIB, committedBytes: 2.5 * GIB });
    expect(shortest).toMatchObject({ term: 'commitLimit', leftBytes: GIB / 2, sizeBytes: totalBytes });
    expect(curable).toEqual(shortest);
    expect(runways({ commitLimitBytes: 64 * GIB, committedBytes: GIB }).shortest.term).toBe('memory');
    expect(runways({ committedBytes: 64 * GIB }).shortest.term).toBe('memory');
  });

  it('ends where the kernel’s own zones can carry no more, at 16 bytes of use for one there', () => {
    const { shortest, curable } = runways({ kernelRoomBytes: 10 * MIB });
    expect(shortest).toMatchObject({ term: 'kernelZones', leftBytes: 160 * MIB, sizeBytes: totalBytes });
    expect(curable).toEqual(runways().curable);
  });

  it('ends where somebody else’s limit does, but not for its page cache', () => {
    const cgroup = {
      limitBytes: 2 * GIB,
      anonBytes: GIB,
      shmemBytes: 200 * MIB,
      kernelBytes: 24 * MIB,
      fileBytes: GIB,
    };
    const { shortest, curable } = runways({}, cgroup);
    expect(shortest).toEqual({
      bytes: 800 * MIB - 80 * MIB,
      leftBytes: 800 * MIB,
      sizeBytes: 2 * GIB,
      term: 'foreignLimit',
    });
    expect(curable).toEqual(runways().curable);
  });

  it('is unknown without a reading of the VM’s memory', () => {
    expect(runwaysOf({ cgroup: READINGS.cgroup! }, null)).toBeNull();
  });

  it('goes by bytes until short, not by bytes until the end (random)', () => {
    forRandom(200, (random) => {
      const { shortest, curable } = runways(
        {
          commitLimitBytes: between(random, 0, 12 * GIB),
          committedBytes: between(random, 0, 4 * GIB),
          kernelRoomBytes: between(random, 0, 500 * MIB),
        },
        { limitBytes: between(random, GIB, 64 * GIB) },
      );
      expect(shortest.bytes).toBeLessThanOrEqual(curable.bytes);
      expect(isCurable(curable.term)).toBe(true);
      if (isCurable(shortest.term)) expect(curable).toEqual(shortest);
      for (const one of [shortest, curable]) {
        expect(one.bytes).toBe(one.leftBytes - leftAt('critical', one.sizeBytes));
      }
    });
  });

  it.each<[RunwayTerm, boolean]>([
    ['memory', true],
    ['commitLimit', true],
    ['kernelZones', false],
    ['foreignLimit', false],
  ])('that %s ends is cured by a larger size: %s', (term, curable) => {
    expect(isCurable(term)).toBe(curable);
  });

  it('lasts for ever without growth, and not at all once it is used up', () => {
    expect([exhaustionMs(GIB, 0), exhaustionMs(GIB, -1), exhaustionMs(GIB, GIB)]).toEqual([Infinity, Infinity, 1000]);
    expect([exhaustionMs(0, 0), exhaustionMs(-1, GIB)]).toEqual([0, 0]);
  });
});
