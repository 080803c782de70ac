/** What the file cache's working set and the kernel's page cache become in the eyes of a policy. */
import { isRight } from 'fp-ts/Either';
import { toObservation } from '../../../../machines/monitor/engine/observe';
import { continueFrom, rebootFrom, restartFrom, saveState } from '../../../../machines/monitor/engine/save';
import type { Readings } from '../../../../machines/monitor/events/readings';
import type { Observation } from '../../../../machines/monitor/policies/policy';
import { GIB, MIB, MINUTE_MS, SECOND_MS } from '../../../../machines/shared/units';
import { obeying } from '../../../support/agents';
import { units } from '../../../support/chart-events';
import { expectRulesKept, story, type Story } from '../../../support/scenario';

afterEach(expectRulesKept);

const PAGE_BYTES = 8192;
/** Five GiB in any window. */
const PAGES = Array.from({ length: 60 }, () => (5 * GIB) / PAGE_BYTES);

const seenBy = ({ at, state, engine }: Story, readings: Readings = {}): Observation => {
  const sample = { type: 'sample.taken', elapsedMs: 200, skippedSamples: 0, readings } as const;
  return toObservation(at, sample, { ...state.domain, readings }, state.statechart.context, engine.config);
};

/** Two units of which little is used; goal-cu wants 5 GiB / 0.75 for this working set. */
const told = (): Story =>
  story({ policy: 'goal-cu', statechart: { fileCache: 'disk' } })
    .has({ size: units(2), useBytes: 300 * MIB })
    .connects('1.1', obeying)
    .runs(5 * SECOND_MS)
    .input({ type: 'workingSet.sampled', pages: PAGES });

describe('the working set', () => {
  it('asks for its memory by goal-cu, at the next beat', () => {
    const after = told().runs(SECOND_MS);
    expect(after.decisions().at(-1)).toMatchObject({ desired: units(7), parts: { fileCacheCU: 5 / 0.75 } });
  });

  it('asks by headroom for what is cached of it, and not without it', () => {
    const idle = (): Story =>
      story()
        .has({ size: units(2), useBytes: 950 * MIB, cacheBytes: GIB })
        .connects('1.1', obeying)
        .runs(5 * SECOND_MS);
    expect(idle().runs(5 * SECOND_MS).size).toEqual(units(2));
    const told = idle().input({ type: 'workingSet.sampled', pages: PAGES });
    expect(told.runs(5 * SECOND_MS).size.mem).toBeGreaterThan(units(2).mem);
  });

  it('is what was read last', () => {
    expect(seenBy(told()).workingSetPages).toEqual(PAGES);
    expect(seenBy(told().input({ type: 'workingSet.sampled', pages: [1] })).workingSetPages).toEqual([1]);
  });

  it('is missing before it is read, when Postgres does not tell it any more, and when it is older than a minute', () => {
    expect(seenBy(story()).workingSetPages).toBeNull();
    expect(seenBy(told().input({ type: 'workingSet.lost', reason: 'gone' })).workingSetPages).toBeNull();
    expect(seenBy(told().waits(MINUTE_MS)).workingSetPages).toEqual(PAGES);
    expect(seenBy(told().waits(MINUTE_MS + 1)).workingSetPages).toBeNull();
  });

  it('sends nothing to the statechart', () => {
    const { state } = told();
    const after = told().input({ type: 'workingSet.lost', reason: 'gone' }).state;
    expect([after.statechart.value, after.statechart.context]).toEqual([
      state.statechart.value,
      state.statechart.context,
    ]);
  });

  it('is in the saved state, outlives a restart and not a reboot, and is missing in one of an older build', () => {
    const { engine, state } = told();
    const saved = saveState(engine, state);
    const { workingSet, ...older } = saved.domain;
    expect(workingSet?.pages).toEqual(PAGES);
    const readBack = (read: typeof continueFrom, from: unknown) => {
      const taken = read(engine, JSON.parse(JSON.stringify(from)));
      return isRight(taken) ? taken.right.domain.workingSet : taken.left;
    };
    expect(readBack(continueFrom, saved)).toEqual(workingSet);
    expect(readBack(restartFrom, saved)).toEqual(workingSet);
    expect(readBack(rebootFrom, saved)).toBeNull();
    expect(readBack(continueFrom, { ...saved, domain: older })).toBeNull();
  });
});

describe("the cgroup's page cache", () => {
  const CGROUP = {
    ...{ anonBytes: 0, shmemBytes: 32 * MIB, fileBytes: 200 * MIB, kernelBytes: 0, fileMappedBytes: 0 },
    ...{ swapBytes: 0, currentBytes: 0 },
  };
  const MEMORY = {
    ...{ totalBytes: GIB, availableBytes: 600 * MIB, freeBytes: 200 * MIB, cachedBytes: 332 * MIB },
    ...{ shmemBytes: 32 * MIB, dirtyBytes: 0, writebackBytes: 0 },
  };

  it('is seen without shared memory, with the rates at which lost pages come back and at which disks are read', () => {
    const device = (readsDelta: number) => ({ readBytesDelta: 0, writtenBytesDelta: 0, readsDelta, writesDelta: 0 });
    const io = { '8:0': device(30), '8:16': device(10) };
    const cgroup = { ...CGROUP, refaultFilePagesDelta: 50, io };
    expect(seenBy(story(), { cgroup })).toMatchObject({
      pageCacheBytes: 168 * MIB,
      refaultPagesPerS: 250,
      readsPerS: 200,
    });
  });

  it('is only what is not kept beside use already: not what is mapped, nor what is dirty', () => {
    const cgroup = { ...CGROUP, fileMappedBytes: (32 + 40) * MIB };
    const memory = { ...MEMORY, dirtyBytes: 20 * MIB, writebackBytes: 4 * MIB };
    expect(seenBy(story(), { cgroup, memory })).toMatchObject({ besideBytes: 64 * MIB, pageCacheBytes: 104 * MIB });
  });

  it('is the whole VM’s where there is no cgroup', () => {
    expect(seenBy(story(), { memory: MEMORY })).toMatchObject({ pageCacheBytes: 300 * MIB, refaultPagesPerS: null });
  });

  it('is missing where it was not read', () => {
    const nothing = { pageCacheBytes: null, refaultPagesPerS: null, readsPerS: null };
    expect(seenBy(story())).toMatchObject(nothing);
    const read = { ...nothing, pageCacheBytes: 168 * MIB, readsPerS: 0 };
    expect(seenBy(story(), { cgroup: CGROUP })).toMatchObject(read);
  });
});
