import { left, right } from 'fp-ts/Either';
import { MIB } from '../../machines/shared/units';
import { memoryUse } from '../../streams/memory-use';
import { rightOf } from '../support/either';
import { eventsOf, rawSample } from '../support/raw-samples';
import { expectReadings } from '../support/raw-steps';

const STAT = rightOf(rawSample().memoryStat);

const MEMORY = {
  availableBytes: 700 * MIB,
  freeBytes: 350 * MIB,
  cachedBytes: 200 * MIB,
  shmemBytes: 32 * MIB,
  dirtyBytes: MIB,
  writebackBytes: 0,
  swapUsedBytes: 0,
  kernelRoomBytes: 300 * MIB,
};
const CGROUP = {
  anonBytes: 64 * MIB,
  shmemBytes: 32 * MIB,
  fileBytes: 200 * MIB,
  kernelBytes: 8 * MIB,
  fileMappedBytes: 40 * MIB,
  activeFileBytes: 60 * MIB,
  swapBytes: 0,
  currentBytes: 300 * MIB,
};
const NO_SWAPPING = { swapInPagesDelta: 0, swapOutPagesDelta: 0 };
const NO_EVENTS = {
  refaultAnonPagesDelta: 0,
  refaultFilePagesDelta: 0,
  highEventsDelta: 0,
  oomKillEventsDelta: 0,
};

describe('the stream of memory use', () => {
  it('has gauges in steps of 64 KiB, use rounded up, and growth from the second sample on', () => {
    const samples = {
      a: rawSample(),
      b: rawSample({
        memoryStat: right({ ...STAT, anonBytes: 65 * MIB + 1, refaultFilePages: 507 }),
        memoryEvents: right(eventsOf(9, 1)),
      }),
    };
    const grown = { anonBytes: 65 * MIB + 65_536, refaultFilePagesDelta: 7, oomKillEventsDelta: 1 };
    expectReadings(memoryUse, 'a-b|', samples, {
      a: { memory: MEMORY, cgroup: CGROUP },
      b: { memory: { ...MEMORY, ...NO_SWAPPING }, cgroup: { ...CGROUP, ...NO_EVENTS, ...grown } },
    });
  });

  it('has the I/O of the cgroup by device, of those that were used since the sample before', () => {
    const io = { readBytes: 100, writtenBytes: 200, reads: 1, writes: 2 };
    const samples = {
      a: rawSample({ ioStat: right({ '8:0': io, '8:16': io }) }),
      b: rawSample({ ioStat: right({ '8:0': { ...io, readBytes: 4196, reads: 3 }, '8:16': io, '259:1': io }) }),
      // Counters that went back, and nothing else.
      c: rawSample({ ioStat: right({ '8:0': io }) }),
    };
    const later = { memory: { ...MEMORY, ...NO_SWAPPING }, cgroup: { ...CGROUP, ...NO_EVENTS } };
    const used = {
      '8:0': { readBytesDelta: 4096, writtenBytesDelta: 0, readsDelta: 2, writesDelta: 0 },
      '259:1': { readBytesDelta: 100, writtenBytesDelta: 200, readsDelta: 1, writesDelta: 2 },
    };
    expectReadings(memoryUse, 'a-b-c|', samples, {
      a: { memory: MEMORY, cgroup: CGROUP },
      b: { ...later, cgroup: { ...later.cgroup, io: used } },
      c: later,
    });
  });

  it('has the VM without the cgroup, and the cgroup without the VM', () => {
    const samples = { a: rawSample({ meminfo: left('gone') }), b: rawSample({ memoryStat: left('gone') }) };
    expectReadings(memoryUse, 'a-b|', samples, {
      a: { memory: undefined, cgroup: CGROUP },
      b: { memory: { ...MEMORY, ...NO_SWAPPING }, cgroup: undefined },
    });
  });
});
