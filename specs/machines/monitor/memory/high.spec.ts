/** Whether a memory.high event is need or page cache (rule R4). */
import type { CgroupReading } from '../../../../machines/monitor/events/readings';
import { confirmsHigh, wireArmed } from '../../../../machines/monitor/memory/high';
import { GIB, MIB } from '../../../../machines/shared/units';
import { between, forRandom } from '../../../support/random';
import { IDLE_VM, readingsOf } from '../../../support/vm';

const SHARED_BYTES = 50 * MIB;

/** `retainedBytes`: anon + shmem. */
const cgroup = (retainedBytes: number, cacheBytes = 0): CgroupReading => ({
  ...readingsOf(IDLE_VM, 100).cgroup!,
  anonBytes: retainedBytes - SHARED_BYTES,
  shmemBytes: SHARED_BYTES,
  fileBytes: cacheBytes,
  currentBytes: retainedBytes + cacheBytes,
});

describe('memory.high of somebody else', () => {
  it.each([
    ['anon + shmem of 85 % of the limit', 850, true],
    ['less of it', 849, false],
  ])('reached with %s: %s', (_, heldMib, confirmed) => {
    expect(confirmsHigh({ ...cgroup(heldMib * MIB), highBytes: 1000 * MIB }, null)).toBe(confirmed);
  });

  it('is never confirmed without a cgroup or a limit', () => {
    expect([confirmsHigh(undefined, null), confirmsHigh(cgroup(GIB), null)]).toEqual([false, false]);
    expect(confirmsHigh(undefined, wireArmed(cgroup(GIB), 2 * GIB))).toBe(false);
  });
});

describe('our own tripwire', () => {
  /** 400 MiB needed and 2 GiB of cache when it was armed, 100 MiB further up. */
  const wire = wireArmed(cgroup(400 * MIB, 2 * GIB), 2 * GIB + 500 * MIB);

  it('remembers what was in use when it was armed', () => {
    expect(wire).toEqual({
      highBytes: 2 * GIB + 500 * MIB,
      currentBytes: 2 * GIB + 400 * MIB,
      residentBytes: 400 * MIB,
    });
  });

  it.each([
    ['half of the way up', 450, true],
    ['less than half of it', 449, false],
    ['nothing', 400, false],
    ['less than before', 300, false],
  ])('is confirmed beside a warm cache if anon + shmem grew by %s: %s MiB → %s', (_, heldMib, confirmed) => {
    expect(confirmsHigh(cgroup(heldMib * MIB, 2 * GIB), wire)).toBe(confirmed);
  });

  it('is confirmed when anon + shmem are most of it, whatever has grown', () => {
    const full = wireArmed(cgroup(900 * MIB), 1000 * MIB);
    expect(confirmsHigh(cgroup(900 * MIB), full)).toBe(true);
  });

  it('does not count page cache, however much there is (random)', () => {
    forRandom(200, (random) => {
      const retainedBytes = between(random, 400 * MIB, 500 * MIB);
      const [less, more] = [0, between(random, 0, 16 * GIB)].map((cache) =>
        confirmsHigh(cgroup(retainedBytes, cache), wire),
      );
      expect(more).toBe(less);
    });
  });
});
