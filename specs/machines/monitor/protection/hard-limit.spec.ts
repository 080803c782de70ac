import type { CgroupReading } from '../../../../machines/monitor/events/readings';
import { hardLimitTarget, isChangeWorthwhile } from '../../../../machines/monitor/protection/hard-limit';
import { GIB, MIB } from '../../../../machines/shared/units';
import { between, forRandom } from '../../../support/random';
import { IDLE_VM, readingsOf, type Vm } from '../../../support/vm';

const cgroup = (differences: Partial<Vm> = {}): CgroupReading =>
  readingsOf({ ...IDLE_VM, ...differences }, 100).cgroup!;

/** anon + shmem + kernel of IDLE_VM: 512 MiB in use, 100 MiB of it outside the cgroup, 8 MiB of kernel memory. */
const CHARGED_BYTES = (512 - 100 + 8) * MIB;

describe('the hard limit', () => {
  it('is use and all that the VM can still give, in steps of 64 MiB', () => {
    expect(hardLimitTarget(cgroup(), GIB)).toBe(Math.ceil((CHARGED_BYTES + GIB) / (64 * MIB)) * 64 * MIB);
  });

  it('counts no page cache', () => {
    expect(hardLimitTarget(cgroup({ cacheBytes: GIB }), GIB)).toBe(hardLimitTarget(cgroup({ cacheBytes: 0 }), GIB));
  });

  it('is never below use + 64 MiB, nor withholds what the VM has (random)', () => {
    forRandom(500, (random) => {
      const reading = cgroup({
        useBytes: between(random, 200 * MIB, 8 * GIB),
        shmemBytes: between(random, 0, 100 * MIB),
        cacheBytes: between(random, 0, 8 * GIB),
      });
      const runwayBytes = between(random, -GIB, 8 * GIB);
      const charged = reading.anonBytes + reading.shmemBytes + reading.kernelBytes;
      const target = hardLimitTarget(reading, runwayBytes);
      expect(target).toBeGreaterThanOrEqual(charged + 64 * MIB);
      expect(target).toBeGreaterThanOrEqual(charged + runwayBytes);
    });
  });
});

describe('a change of the hard limit', () => {
  it.each<[string, number | null, number | null, boolean]>([
    ['from none to none', null, null, false],
    ['to the first', null, GIB, true],
    ['to none', GIB, null, true],
    ['to the same', GIB, GIB, false],
    ['upwards by a step', GIB, GIB + 64 * MIB, true],
    ['downwards by a step', GIB, GIB - 64 * MIB, false],
    ['downwards by a tenth', 11 * GIB, 10 * GIB, false],
    ['downwards by more', 11 * GIB + MIB, 10 * GIB, true],
  ])('%s (%s → %s) is worthwhile: %s', (_, standing, target, expected) => {
    expect(isChangeWorthwhile(standing, target)).toBe(expected);
  });
});
