/** Pages that are read again and again: hits, what comes back, and what Postgres says of its working set. */
import { HotSet } from '../../../../machines/simulation/world/hot-set';
import { ClientsLoad } from '../../../../machines/simulation/world/load/clients';
import type { LoadOf } from '../../../../machines/simulation/world/load/specs';
import { GIB, MIB } from '../../../../machines/shared/units';

describe('a hot set', () => {
  it('hits by the square root of what is cached of it', () => {
    expect([0, 0.25, 1].map((warm) => new HotSet(GIB, warm).hitShare)).toEqual([0, 0.5, 1]);
  });

  it('counts as read again only what had been there', () => {
    const cold = new HotSet(GIB, 0);
    cold.read(100 * MIB, GIB);
    expect([cold.missedBytes, cold.refaultedBytes, cold.cachedBytes]).toEqual([100 * MIB, 0, 100 * MIB]);
    const evicted = new HotSet(GIB, 1);
    expect(evicted.evictTo(0.25 * GIB)).toBe(0.75 * GIB);
    evicted.read(100 * MIB, 0.25 * GIB);
    expect([evicted.missedBytes, evicted.refaultedBytes]).toEqual([50 * MIB, 50 * MIB]);
    // There is no room for more.
    expect(evicted.cachedBytes).toBe(0.25 * GIB);
  });

  it('leaves what is not read any more behind, when it changes', () => {
    const set = new HotSet(GIB, 1);
    expect(set.change(1, 0.25)).toBe(0.75 * GIB);
    expect(set.cachedBytes).toBe(0.25 * GIB);
  });

  it('is told by distinct pages of the last 1, 2, … 60 minutes', () => {
    const set = new HotSet(GIB, 1);
    set.read(GIB, GIB);
    const [first = 0] = set.workingSetPages();
    // Of as many random reads as there are pages, 1 − 1/e are distinct.
    expect(first * 8192).toBeCloseTo((1 - Math.exp(-1)) * GIB, -5);
    set.nextMinute();
    const pages = set.workingSetPages();
    expect(pages).toHaveLength(60);
    expect(pages.slice(0, 3)).toEqual([0, first, first]);
  });
});

describe('clients in a closed loop', () => {
  const SPEC: LoadOf<'clients'> = {
    ...{ kind: 'clients', clients: 64, thinkMs: 14, cpuMs: 2, readsPerQuery: 13, hotSetGib: 40 },
    ...{ keptIn: 'pageCache', warmShare: 1, changes: [], activeSeconds: [] },
  };
  const STEP = { seconds: 1, dt: 0.1, startedAtSeconds: 0, isUp: true, stealShare: 0, onlineCpus: 16 };
  const DISK = { readSeconds: 0.001, readsPerSecond: 3_000 };

  const rateWith = (warmShare: number, cores: number): ClientsLoad => {
    const load = new ClientsLoad({ ...SPEC, warmShare }, DISK);
    load.plan(STEP);
    load.serve(cores, STEP);
    return load;
  };

  it('run at 4,000 queries/s while all is cached, on 8 cores', () => {
    const load = rateWith(1, 16);
    expect(load.completed * 10).toBeCloseTo(4_000, 6);
    expect([load.ranCores, load.blocked]).toEqual([8, 0]);
    expect(load.waitMs).toBeCloseTo(0, 6);
  });

  it('are bound by the disk when a tenth is cached: 3,000 reads/s', () => {
    const load = rateWith(0.1, 16);
    const readsEach = 13 * (1 - Math.sqrt(0.1));
    expect(load.completed * 10).toBeCloseTo(3_000 / readsEach, 6);
    // Those that do not think wait for it: they count in the load average, and need no CPU.
    expect(load.blocked).toBeGreaterThan(55);
    expect(load.ranCores).toBeLessThan(0.7);
  });

  it('are bound by the CPU on 4 cores: those that do not think wait for one', () => {
    const load = rateWith(1, 4);
    expect(load.completed * 10).toBeCloseTo(2_000, 6);
    expect(load.runnable).toBeCloseTo(64 - 2_000 * 0.014, 6);
  });
});
