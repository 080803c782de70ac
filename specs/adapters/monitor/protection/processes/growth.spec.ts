/** Slopes from two readings, and the choice of those that are held. */
import { MIB } from '../../../../../machines/shared/units';
import {
  type Candidate,
  mostOf,
  whyNotThrottled,
} from '../../../../../adapters/monitor/protection/throttle/fastest-growing';
import {
  coresTogether,
  growthBetween,
  type ProcessMemoryAt,
  type ProcessGrowth,
} from '../../../../../adapters/monitor/protection/processes/growth';

type Mib = readonly [anonMib: number, shmemMib?: number, cpuMs?: number];

/** Processes by pid; `sharedMib`: all shared memory of the VM. */
const reading = (atMs: number, sharedMib: number, processes: Readonly<Record<number, Mib>>): ProcessMemoryAt => ({
  sharedBytes: sharedMib * MIB,
  processes: new Map(
    Object.entries(processes).map(([pid, [anonMib, shmemMib = 0, cpuMs = null]]) => [
      Number(pid),
      { pid: Number(pid), parentPid: 1, anonBytes: anonMib * MIB, shmemBytes: shmemMib * MIB, cpuMs, atMs },
    ]),
  ),
});

const slopes = (earlier: ProcessMemoryAt, later: ProcessMemoryAt): readonly (readonly [number, number])[] =>
  growthBetween(earlier, later).map(({ pid, growthBytesPerS }) => [pid, growthBytesPerS / MIB]);

describe('growth', () => {
  it('is bytes a second, the fastest first', () => {
    const [earlier, later] = [
      reading(0, 0, { 10: [5], 11: [50], 12: [7] }),
      reading(50, 0, { 10: [6], 11: [60], 12: [7] }),
    ];
    expect(slopes(earlier, later)).toEqual([
      [11, 200],
      [10, 20],
      [12, 0],
    ]);
    expect(growthBetween(earlier, later)[0]).toEqual({
      pid: 11,
      parentPid: 1,
      anonBytes: 60 * MIB,
      growthBytesPerS: 200 * MIB,
      cores: null,
    });
  });

  it('is 0 for a process that shrinks', () => {
    expect(slopes(reading(0, 0, { 10: [50] }), reading(50, 0, { 10: [5] }))).toEqual([[10, 0]]);
  });

  it('is not known of processes that have begun or ended in between', () => {
    expect(slopes(reading(0, 0, { 10: [5], 11: [5] }), reading(50, 0, { 11: [5], 12: [99] }))).toEqual([[11, 0]]);
  });

  it('takes new shared memory as growth of the one that fills it', () => {
    expect(slopes(reading(0, 100, { 10: [5, 20] }), reading(50, 110, { 10: [5, 30] }))).toEqual([[10, 200]]);
  });

  it('does not take it for growth that a process touches shared buffers that are there already', () => {
    const earlier = reading(0, 1000, { 10: [5, 0], 11: [5, 0] });
    const later = reading(50, 1000, { 10: [5, 400], 11: [6, 0] });
    expect(slopes(earlier, later)).toEqual([
      [11, 20],
      [10, 0],
    ]);
  });

  it('shares out new shared memory that several have mapped', () => {
    const earlier = reading(0, 100, { 10: [5, 0], 11: [5, 0] });
    const later = reading(50, 130, { 10: [5, 30], 11: [5, 30] });
    expect(slopes(earlier, later)).toEqual([
      [10, 300],
      [11, 300],
    ]);
  });

  it('does not go by shared memory when the VM has less of it than before', () => {
    const [earlier, later] = [reading(0, 100, { 10: [5, 0] }), reading(50, 60, { 10: [6, 30] })];
    expect(slopes(earlier, later)).toEqual([[10, 20]]);
  });

  it('comes with the CPUs that it takes, where the kernel tells', () => {
    const [earlier, later] = [
      reading(0, 0, { 10: [5, 0, 100], 11: [5, 0, 7], 12: [5] }),
      reading(50, 0, { 10: [6, 0, 150], 11: [5, 0, 12], 12: [5] }),
    ];
    const grown = growthBetween(earlier, later);
    expect(grown.map(({ pid, cores }) => [pid, cores])).toEqual([
      [10, 1],
      [11, 0.1],
      [12, null],
    ]);
    expect(coresTogether(grown.slice(0, 2))).toBeCloseTo(1.1);
    expect(coresTogether(grown)).toBeNull();
    expect(coresTogether([])).toBe(0);
  });

  it('is finite for readings at one instant', () => {
    expect(slopes(reading(7, 0, { 10: [5] }), reading(7, 0, { 10: [6] }))).toEqual([[10, 1000]]);
  });
});

const growing = (...mibPerS: readonly number[]): readonly ProcessGrowth[] =>
  mibPerS.map((mib, index) => ({
    pid: index + 1,
    parentPid: 1,
    anonBytes: 0,
    growthBytesPerS: mib * MIB,
    cores: null,
  }));

describe('the growers are those that make most of the growth', () => {
  it.each([
    ['one that outgrows all others', growing(300, 20, 10), [1]],
    ['two of the same speed', growing(100, 100, 10), [1, 2]],
    ['as many as make 80 %', growing(40, 30, 20, 10), [1, 2, 3]],
    ['at most 16', growing(...Array<number>(40).fill(5)), Array.from({ length: 16 }, (_, index) => index + 1)],
    ['nobody of nobody', [], []],
  ])('%s', (_case, processes, pids) => {
    expect(mostOf(processes).map(({ pid }) => pid)).toEqual(pids);
  });
});

const POSTGRES = '/usr/lib/postgresql/15/bin/postgres';
const candidate = (given: Partial<Omit<Candidate, 'growth'>>): Candidate => ({
  growth: { pid: 7, parentPid: 1, anonBytes: 0, growthBytesPerS: MIB, cores: null },
  identity: { executable: POSTGRES, title: 'postgres: alice shop [local] SELECT' },
  parentExecutable: POSTGRES,
  leaderTitle: undefined,
  children: 0,
  ...given,
});

describe('held may be', () => {
  it.each([
    ['a backend that reads', candidate({})],
    [
      'a parallel worker of one',
      candidate({
        identity: { executable: POSTGRES, title: 'postgres: parallel worker for PID 9' },
        leaderTitle: 'postgres: alice shop [local] SELECT',
      }),
    ],
    ['another program', candidate({ identity: { executable: '/usr/bin/python3', title: 'python3' } })],
    [
      'another program whose parent is unknown',
      candidate({ identity: { executable: '/usr/bin/python3', title: 'python3' }, parentExecutable: undefined }),
    ],
  ])('%s', (_who, who) => {
    expect(whyNotThrottled(who)).toBeNull();
  });
});

describe('never held is', () => {
  const postmaster = { executable: POSTGRES, title: `${POSTGRES} -D /data` };

  it.each([
    [
      'the postmaster',
      candidate({ identity: postmaster, parentExecutable: '/sbin/init', children: 6 }),
      'it has children',
    ],
    ['who started it', candidate({ identity: { executable: '/bin/sh', title: 'sh' }, children: 1 }), 'it has children'],
    [
      'a postmaster without children yet',
      candidate({ identity: postmaster, parentExecutable: '/sbin/init' }),
      'it is a postmaster',
    ],
    [
      'a postmaster whose parent is unknown',
      candidate({ identity: postmaster, parentExecutable: undefined }),
      'it is a postmaster',
    ],
    [
      'a backend that writes',
      candidate({ identity: { executable: POSTGRES, title: 'postgres: alice shop [local] INSERT' } }),
      'INSERT: others may wait for its locks',
    ],
    [
      'a parallel worker of one',
      candidate({
        identity: { executable: POSTGRES, title: 'postgres: parallel worker for PID 9' },
        leaderTitle: 'postgres: alice shop [local] CREATE INDEX',
      }),
      'CREATE INDEX: others may wait for its locks',
    ],
    [
      'an autovacuum worker',
      candidate({ identity: { executable: POSTGRES, title: 'postgres: autovacuum worker shop' } }),
      'autovacuum worker: ',
    ],
    [
      'the checkpointer',
      candidate({ identity: { executable: POSTGRES, title: 'postgres: checkpointer' } }),
      'checkpointer: ',
    ],
  ])('%s', (_who, who, why) => {
    expect(whyNotThrottled(who)).toContain(why);
  });
});
