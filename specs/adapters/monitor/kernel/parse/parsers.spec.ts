/** Every parser reads what the kernel writes, with LF or CRLF. What it refuses is in malformed.spec.ts. */
import { right } from 'fp-ts/Either';
import { parseCpuMax } from '../../../../../adapters/shared/parse/cpu-max';
import { parseCpuUsage } from '../../../../../adapters/monitor/kernel/parse/cpu-stat';
import { parseLoadavg } from '../../../../../adapters/monitor/kernel/parse/loadavg';
import { parseMeminfo } from '../../../../../adapters/monitor/kernel/parse/meminfo';
import { parseMemoryEvents } from '../../../../../adapters/monitor/kernel/parse/memory-events';
import { parseMemoryStat } from '../../../../../adapters/monitor/kernel/parse/memory-stat';
import { parsePressure } from '../../../../../adapters/monitor/kernel/parse/pressure';
import { parseProcStat } from '../../../../../adapters/monitor/kernel/parse/proc-stat';
import { parseSchedstat } from '../../../../../adapters/monitor/kernel/parse/schedstat';
import { parseLimit, parseSingleNumber } from '../../../../../adapters/shared/parse/single-value';
import { parseVmstat } from '../../../../../adapters/monitor/kernel/parse/vmstat';
import { parseKernelRoom } from '../../../../../adapters/monitor/kernel/parse/zoneinfo';
import { PAGE_BYTES } from '../../../../../adapters/monitor/kernel/page-size';
import type { Parser } from '../../../../../adapters/shared/parse/parse-error';
import { KIB, MIB } from '../../../../../machines/shared/units';
import {
  CGROUP_MEMORY,
  VM_MEMORY,
  meminfoText,
  memoryEventsText,
  memoryStatText,
  pressureText,
  procStatText,
  schedstatText,
  zoneinfoText,
} from '../../../../support/kernel-texts';

interface Row {
  readonly format: string;
  readonly parse: Parser<unknown>;
  readonly text: string;
  readonly expected: unknown;
}

const MEMINFO = {
  totalBytes: 1024 * MIB,
  freeBytes: 350 * MIB,
  availableBytes: 700 * MIB,
  cachedBytes: 200 * MIB,
  shmemBytes: 32 * MIB,
  dirtyBytes: 128 * KIB,
  writebackBytes: 0,
  swapUsedBytes: 16 * MIB,
};

/** In the form of Linux 6.12, for a VM with hot-added memory: the lines that are read, with some of those around them. */
const REAL_ZONES = `Node 0, zone      DMA
  per-node stats
      nr_inactive_anon 31329
      nr_active_anon 390
      nr_slab_reclaimable 56185
      nr_slab_unreclaimable 8247
      workingset_refault_file 153015
      nr_kernel_misc_reclaimable 0
  pages free     3840
        boost    0
        min      46
        low      57
        high     68
        promo    79
      nr_zone_inactive_file 0
      nr_zone_active_file 0
Node 0, zone   Normal
  pages free     61022
        boost    0
        min      9126
        low      11409
        high     13692
      nr_zone_inactive_file 98112
      nr_zone_active_file 13400
Node 0, zone  Movable
  pages free     200000
        boost    0
        min      7857
        low      9822
        high     11787
      nr_zone_inactive_file 700
      nr_zone_active_file 70
`;

const ROWS: readonly Row[] = [
  {
    format: 'memory.stat',
    parse: parseMemoryStat,
    text: memoryStatText(CGROUP_MEMORY),
    expected: { ...CGROUP_MEMORY, refaultAnonPages: 0 },
  },
  {
    format: 'memory.stat of a kernel before 5.18, which does not sum up the kernel memory',
    parse: parseMemoryStat,
    text: 'anon 1\nfile 2\nkernel_stack 10\npagetables 20\npercpu 30\nsock 999\nshmem 3\nfile_mapped 4\nslab 40\n',
    expected: {
      anonBytes: 1,
      fileBytes: 2,
      kernelBytes: 100,
      shmemBytes: 3,
      fileMappedBytes: 4,
      activeFileBytes: undefined,
      refaultAnonPages: undefined,
      refaultFilePages: undefined,
    },
  },
  { format: 'memory.current', parse: parseSingleNumber, text: '4096\n', expected: 4096 },
  { format: 'the largest number', parse: parseSingleNumber, text: '9007199254740991\n', expected: 2 ** 53 - 1 },
  { format: 'a value without a line end', parse: parseSingleNumber, text: '4096', expected: 4096 },
  { format: 'memory.high', parse: parseLimit, text: '268435456\n', expected: 256 * MIB },
  { format: 'memory.high without a limit', parse: parseLimit, text: 'max\n', expected: undefined },
  {
    format: 'memory.events',
    parse: parseMemoryEvents,
    text: memoryEventsText(7, 2),
    expected: { high: 7, oomKill: 2 },
  },
  { format: 'PSI', parse: parsePressure, text: pressureText(12, 5), expected: { someUs: 12, fullUs: 5 } },
  {
    format: 'PSI of a CPU on a kernel without its full line',
    parse: parsePressure,
    text: 'some avg10=0.00 avg60=0.00 avg300=0.00 total=12\n',
    expected: { someUs: 12, fullUs: undefined },
  },
  {
    format: 'meminfo',
    parse: parseMeminfo,
    text: meminfoText(VM_MEMORY),
    expected: { ...MEMINFO, commitLimitBytes: 512 * MIB, committedBytes: 256 * MIB },
  },
  {
    format: 'zoneinfo, free and file pages without the Movable zone',
    parse: parseKernelRoom,
    text: zoneinfoText(80_000, 50_000),
    expected: (3840 + 80_000 + 1000 + 500) * PAGE_BYTES,
  },
  {
    format: 'zoneinfo of Linux 6.12, with reclaimable slab less the low watermarks of all zones',
    parse: parseKernelRoom,
    text: REAL_ZONES,
    expected: (3840 + 61_022 + 13_400 + 98_112 + 56_185 - (57 + 11_409 + 9_822)) * PAGE_BYTES,
  },
  {
    format: 'zoneinfo with little reclaimable slab, of which a half counts',
    parse: parseKernelRoom,
    text: REAL_ZONES.replace('nr_slab_reclaimable 56185', 'nr_slab_reclaimable 1001'),
    expected: (3840 + 61_022 + 13_400 + 98_112 + 500.5) * PAGE_BYTES,
  },
  {
    format: 'zoneinfo of a kernel with pages of 16 KiB',
    parse: (file, text) => parseKernelRoom(file, text, 16 * KIB),
    text: 'Node 0, zone   Normal\n  pages free     5\n',
    expected: 80 * KIB,
  },
  {
    format: 'refaults of a kernel with pages of 64 KiB, as pages of 4 KiB',
    parse: (file, text) => parseMemoryStat(file, text, 64 * KIB),
    text: memoryStatText(CGROUP_MEMORY),
    expected: { ...CGROUP_MEMORY, refaultAnonPages: 0, refaultFilePages: 16 * CGROUP_MEMORY.refaultFilePages },
  },
  {
    format: 'vmstat of a kernel with pages of 16 KiB, as pages of 4 KiB',
    parse: (file, text) => parseVmstat(file, text, 16 * KIB),
    text: 'pswpin 10\npswpout 20\n',
    expected: { swapInPages: 40, swapOutPages: 80 },
  },
  {
    format: 'meminfo of a kernel without swap',
    parse: parseMeminfo,
    text: meminfoText(VM_MEMORY).replace(/^Swap(Total|Free).*\n/gm, ''),
    expected: { ...MEMINFO, swapUsedBytes: undefined, commitLimitBytes: 512 * MIB, committedBytes: 256 * MIB },
  },
  {
    format: 'zoneinfo of two NUMA nodes',
    parse: parseKernelRoom,
    text: 'Node 0, zone   Normal\n  pages free     5\nNode 1, zone   Normal\n  pages free     7\n',
    expected: 12 * PAGE_BYTES,
  },
  {
    format: 'vmstat',
    parse: parseVmstat,
    text: 'pgpgin 5\npswpin 10\npswpout 20\n',
    expected: { swapInPages: 10, swapOutPages: 20 },
  },
  {
    format: 'stat: busy without idle, iowait, steal and (again) guest',
    parse: parseProcStat,
    text: procStatText(8233, 3),
    expected: { busyMs: (8233 + 5 + 3578 + 7 + 167) * 10, stealMs: 1630, onlineCpus: 2, procsRunning: 3 },
  },
  ...[15, 16, 17].map((version) => ({
    format: `schedstat version ${version}`,
    parse: parseSchedstat,
    text: schedstatText([2_000_000_999, 999], version),
    expected: { runDelayUs: 2_000_000, timeslices: 2 * 4711, cpus: 2 },
  })),
  {
    format: 'a run delay that has outgrown 2^53 ns',
    parse: parseSchedstat,
    text: 'version 15\ncpu0 0 0 0 0 0 0 1 90071992547409123 4711\n',
    expected: { runDelayUs: 90_071_992_547_409, timeslices: 4711, cpus: 1 },
  },
  {
    format: 'loadavg',
    parse: parseLoadavg,
    text: '0.48 12.22 0.12 1/89 5363\n',
    expected: { load1: 0.48, load5: 12.22 },
  },
  { format: 'cpu.max', parse: parseCpuMax, text: '50000 100000\n', expected: 0.5 },
  { format: 'cpu.max without a quota', parse: parseCpuMax, text: 'max 100000\n', expected: undefined },
  { format: 'cpu.stat', parse: parseCpuUsage, text: 'usage_usec 5000\nuser_usec 4000\n', expected: 5000 },
];

describe('the parsers of kernel files', () => {
  it.each(ROWS)('read $format', ({ parse, text, expected }) => {
    expect(parse('file', text)).toEqual(right(expected));
  });

  it.each(ROWS)('read $format with CRLF line ends', ({ parse, text, expected }) => {
    expect(parse('file', text.replaceAll('\n', '\r\n'))).toEqual(right(expected));
  });
});
