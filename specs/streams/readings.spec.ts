import { left, right } from 'fp-ts/Either';
import { type CgroupReading, Readings } from '../../machines/monitor/events/readings';
import { MIB } from '../../machines/shared/units';
import { from } from 'rxjs';
import type { CgroupLevel, RawSample } from '../../streams/raw-sample';
import { readings } from '../../streams/readings';
import { SIGNAL_NAMES } from '../../streams/signals';
import { unreadableSample } from '../../streams/signals/unreadable';
import { eventsOf, pressureOf, rawSample, vmPressureOf, withoutCgroup } from '../support/raw-samples';

/** The readings of each of these samples, taken one after the other. */
const readingsOfEach = (samples: readonly RawSample[]): readonly Readings[] => {
  const all: Readings[] = [];
  from(samples)
    .pipe(readings)
    .subscribe((each) => all.push(each));
  return all;
};

/** The readings of the last of them. */
const readingsAfter = (...samples: RawSample[]): Readings => readingsOfEach(samples).at(-1) ?? {};

const MEMINFO = {
  totalBytes: 1024 * MIB,
  freeBytes: 350 * MIB,
  availableBytes: 700 * MIB,
  cachedBytes: 200 * MIB,
  shmemBytes: 32 * MIB,
  dirtyBytes: MIB,
  writebackBytes: 0,
  swapUsedBytes: 0,
  commitLimitBytes: 512 * MIB,
  committedBytes: 256 * MIB,
};

describe('the readings of a sample', () => {
  it('have gauges but no growth on the first', () => {
    expect(readingsAfter(rawSample())).toEqual({
      memory: {
        totalBytes: 1024 * MIB,
        availableBytes: 700 * MIB,
        freeBytes: 350 * MIB,
        cachedBytes: 200 * MIB,
        shmemBytes: 32 * MIB,
        dirtyBytes: MIB,
        writebackBytes: 0,
        swapUsedBytes: 0,
        kernelRoomBytes: 300 * MIB,
      },
      cgroup: {
        anonBytes: 64 * MIB,
        shmemBytes: 32 * MIB,
        fileBytes: 200 * MIB,
        kernelBytes: 8 * MIB,
        fileMappedBytes: 40 * MIB,
        activeFileBytes: 60 * MIB,
        swapBytes: 0,
        currentBytes: 300 * MIB,
      },
      pressure: {},
      cpu: { onlineCpus: 2, procsRunning: 2, load1: 0.5, load5: 0.25 },
    });
  });

  it('have the growth of every counter since the sample before', () => {
    const later = rawSample({
      vmstat: right({ swapInPages: 11, swapOutPages: 25 }),
      stat: right({ busyMs: 50_150, stealMs: 120, onlineCpus: 2, procsRunning: 0 }),
      schedstat: right({ runDelayUs: 7_030_400, timeslices: 47, cpus: 2 }),
      memoryEvents: right(eventsOf(9, 1)),
      localEvents: right(eventsOf(4)),
      ...pressureOf(3600),
    });
    const { memory, cgroup, pressure, cpu } = readingsAfter(rawSample(), later);
    expect(memory).toMatchObject({ swapInPagesDelta: 1, swapOutPagesDelta: 5 });
    expect(cgroup).toMatchObject({ refaultAnonPagesDelta: 0, refaultFilePagesDelta: 0, highEventsDelta: 4 });
    expect(cgroup).toMatchObject({ oomKillEventsDelta: 1 });
    expect(pressure).toEqual({
      memorySomeUs: 2000,
      memoryFullUs: 1000,
      cpuSomeUs: 5000,
      ioSomeUs: 7000,
      ioFullUs: 2000,
    });
    expect(cpu).toMatchObject({ busyMs: 150, stealMs: 20, runDelayMs: 30, timeslicesDelta: 7, procsRunning: 0 });
  });

  it('round times so that nothing is lost over many samples', () => {
    const samples = Array.from({ length: 101 }, (_, index) =>
      rawSample({
        schedstat: right({ runDelayUs: index * 1_700, timeslices: 40, cpus: 2 }),
        ...pressureOf(index * 1_700),
      }),
    );
    let waitedMs = 0;
    let stalledUs = 0;
    for (const { cpu, pressure } of readingsOfEach(samples)) {
      waitedMs += cpu?.runDelayMs ?? 0;
      stalledUs += pressure?.memorySomeUs ?? 0;
    }
    expect(waitedMs).toBe(170);
    expect(stalledUs).toBe(170_000);
  });

  it('round use up and room down', () => {
    const meminfo = right({
      ...MEMINFO,
      availableBytes: 700 * MIB - 4096,
      shmemBytes: 32 * MIB - 4096,
      swapUsedBytes: 4096,
    });
    const { memory, cgroup } = readingsAfter(
      rawSample({ meminfo, swapCurrent: right(4096), memoryHigh: right(300 * MIB + 4096) }),
    );
    expect(memory).toMatchObject({ availableBytes: 700 * MIB - 65_536, shmemBytes: 32 * MIB, swapUsedBytes: 65_536 });
    expect(cgroup).toMatchObject({ swapBytes: 65_536, highBytes: 300 * MIB + 4096 });
  });

  it('have the limit of somebody else that binds first, as a bound on the memory of the managed cgroup', () => {
    const limits = (levels: readonly CgroupLevel[]): CgroupReading | undefined =>
      readingsAfter(rawSample({ memoryLimits: right({ currentBytes: 300 * MIB, levels }) })).cgroup;
    const pg: CgroupLevel = {
      path: 'a.slice/pg',
      currentBytes: 300 * MIB,
      maxBytes: 900 * MIB,
      highBytes: undefined,
    };
    // Others in the slice use 500 MiB, so it is full when we have 500 MiB.
    const slice: CgroupLevel = {
      path: 'a.slice',
      currentBytes: 800 * MIB,
      maxBytes: 1000 * MIB,
      highBytes: 900 * MIB - 4096,
    };
    expect(limits([pg, slice])).toMatchObject({
      limitBytes: 500 * MIB,
      limitPath: 'a.slice',
      throttleBytes: 400 * MIB - 65_536,
      throttlePath: 'a.slice',
    });
    expect(limits([pg])).toMatchObject({ limitBytes: 900 * MIB, limitPath: 'a.slice/pg' });
    expect(limits([pg])).not.toHaveProperty('throttleBytes');
    expect(limits([{ ...slice, maxBytes: 400 * MIB }])).toMatchObject({ limitBytes: 0 });
    expect(limits([])).not.toHaveProperty('limitPath');
  });

  it('have the commit limit only where the kernel enforces it', () => {
    const strict = readingsAfter(rawSample({ overcommit: right(2) }));
    expect(strict.memory).toMatchObject({ commitLimitBytes: 512 * MIB, committedBytes: 256 * MIB });
    const unknown = readingsAfter(rawSample({ overcommit: left('gone') }));
    expect(unknown.memory).not.toHaveProperty('commitLimitBytes');
  });

  it('leave out the group whose source fails, and keep the others', () => {
    expect(Object.keys(readingsAfter(rawSample({ meminfo: left('bad') })))).toEqual(['cgroup', 'pressure', 'cpu']);
    expect(Object.keys(readingsAfter(rawSample({ stat: left('bad') })))).toEqual(['memory', 'cgroup', 'pressure']);
    expect(readingsAfter(rawSample({ memoryStat: left('bad') }))).not.toHaveProperty('cgroup');
    expect(readingsAfter(rawSample({ memoryCurrent: left('bad') }))).not.toHaveProperty('cgroup');
    expect(readingsAfter(unreadableSample('bad'))).toEqual({});
  });

  it('leave out single fields whose file fails', () => {
    const { memory, cpu } = readingsAfter(
      rawSample(),
      rawSample({ zoneinfo: left('bad'), vmstat: left('bad'), schedstat: left('bad') }),
    );
    expect(memory).not.toHaveProperty('kernelRoomBytes');
    expect(memory).not.toHaveProperty('swapInPagesDelta');
    expect(cpu).not.toHaveProperty('runDelayMs');
    expect(cpu).toHaveProperty('busyMs', 0);
  });

  it('count no growth over a gap', () => {
    const gone = withoutCgroup('gone');
    const back = rawSample({ memoryEvents: right(eventsOf(50)), localEvents: right(eventsOf(50)) });
    expect(readingsAfter(rawSample(), gone, back).cgroup).not.toHaveProperty('highEventsDelta');
  });

  it('count no growth when a counter went back', () => {
    const before = rawSample({ localEvents: right(eventsOf(50)) });
    expect(readingsAfter(before, rawSample()).cgroup).not.toHaveProperty('highEventsDelta');
  });

  it('count no run delay in the sample in which a CPU comes or goes', () => {
    const plugged = rawSample({ schedstat: right({ runDelayUs: 99_000_000, timeslices: 40, cpus: 3 }) });
    expect(readingsAfter(rawSample(), plugged).cpu).not.toHaveProperty('runDelayMs');
    expect(readingsAfter(rawSample(), plugged, plugged).cpu).toHaveProperty('runDelayMs', 0);
  });

  it("never compare the cgroup's pressure with the VM's", () => {
    const vm = withoutCgroup('gone', vmPressureOf(90_000));
    expect(readingsAfter(rawSample(), vm).pressure).toEqual({});
    expect(readingsAfter(rawSample(), vm, vm).pressure).toMatchObject({ memorySomeUs: 0 });
  });

  it('take the events of the cgroup with its children where it has no events of its own', () => {
    const before = rawSample({ localEvents: right(undefined) });
    const after = rawSample({ localEvents: right(undefined), memoryEvents: right(eventsOf(3)) });
    expect(readingsAfter(before, after).cgroup).toHaveProperty('highEventsDelta', 3);
  });

  it('are what the event log accepts', () => {
    const strict = rawSample({ overcommit: right(2), cpuMax: right(0.5) });
    const readings = readingsAfter(strict, strict);
    expect(readings.cpu).toHaveProperty('quotaCpus', 0.5);
    expect(Readings.is(JSON.parse(JSON.stringify(readings)))).toBe(true);
  });

  it.each(SIGNAL_NAMES)('are what the event log accepts, whatever they lack, without %s', (name) => {
    const without = { ...rawSample(vmPressureOf(1)), [name]: left('bad') };
    for (const readings of readingsOfEach([rawSample(), without, without, rawSample()])) {
      expect(Readings.is(JSON.parse(JSON.stringify(readings)))).toBe(true);
    }
  });
});
