/** Texts of kernel files as Linux 6.1 writes them, with the numbers that a spec wants. */
import { KIB, MIB } from '../../machines/shared/units';

export interface CgroupMemory {
  readonly anonBytes: number;
  readonly shmemBytes: number;
  readonly fileBytes: number;
  readonly kernelBytes: number;
  readonly fileMappedBytes: number;
  readonly activeFileBytes: number;
  readonly refaultFilePages: number;
}

export const CGROUP_MEMORY: CgroupMemory = {
  anonBytes: 64 * MIB,
  shmemBytes: 32 * MIB,
  fileBytes: 200 * MIB,
  kernelBytes: 8 * MIB,
  fileMappedBytes: 40 * MIB,
  activeFileBytes: 60 * MIB,
  refaultFilePages: 500,
};

export const memoryStatText = (memory: CgroupMemory): string =>
  [
    `anon ${memory.anonBytes}`,
    `file ${memory.fileBytes}`,
    `kernel ${memory.kernelBytes}`,
    'kernel_stack 589824',
    'pagetables 1253376',
    'sock 0',
    `shmem ${memory.shmemBytes}`,
    `file_mapped ${memory.fileMappedBytes}`,
    'file_dirty 4096',
    'inactive_anon 1000000',
    'inactive_file 90000000',
    `active_file ${memory.activeFileBytes}`,
    'slab 2000000',
    'workingset_refault_anon 0',
    `workingset_refault_file ${memory.refaultFilePages}`,
    'pgfault 12345',
    '',
  ].join('\n');

export const memoryEventsText = (high: number, oomKill = 0): string =>
  `low 0\nhigh ${high}\nmax 0\noom ${oomKill}\noom_kill ${oomKill}\noom_group_kill 0\n`;

export const pressureText = (someUs: number, fullUs: number): string =>
  `some avg10=0.64 avg60=0.87 avg300=0.82 total=${someUs}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=${fullUs}\n`;

/** Two devices, of which the second was only read. */
export const ioStatText = (writtenBytes: number): string =>
  [
    `8:0 rbytes=4096 wbytes=${writtenBytes} rios=1 wios=${Math.ceil(writtenBytes / 8192)} dbytes=0 dios=0`,
    '259:1 rbytes=8192 wbytes=0 rios=2 wios=0 dbytes=0 dios=0',
    '',
  ].join('\n');

export interface VmMemory {
  readonly totalBytes: number;
  readonly availableBytes: number;
  readonly shmemBytes?: number;
}

export const VM_MEMORY: VmMemory = { totalBytes: 1024 * MIB, availableBytes: 700 * MIB };

const kb = (bytes: number): string => `${String(bytes / KIB).padStart(8)} kB`;

export const meminfoText = ({ totalBytes, availableBytes, shmemBytes = 32 * MIB }: VmMemory): string =>
  [
    `MemTotal:       ${kb(totalBytes)}`,
    `MemFree:        ${kb(availableBytes / 2)}`,
    `MemAvailable:   ${kb(availableBytes)}`,
    'Buffers:            4096 kB',
    'Cached:           204800 kB',
    'SwapCached:            0 kB',
    'SwapTotal:       1048576 kB',
    'SwapFree:        1032192 kB',
    'Dirty:               128 kB',
    'Writeback:             0 kB',
    `Shmem:          ${kb(shmemBytes)}`,
    'CommitLimit:      524288 kB',
    'Committed_AS:     262144 kB',
    '',
  ].join('\n');

export const zoneinfoText = (dma32FreePages: number, movableFreePages: number): string =>
  [
    'Node 0, zone      DMA',
    '  per-node stats',
    '      nr_inactive_anon 200',
    '  pages free     3840',
    '        boost    0',
    '        min      67',
    'Node 0, zone    DMA32',
    `  pages free     ${dma32FreePages}`,
    '        min      13486',
    '      nr_zone_inactive_file 1000',
    '      nr_zone_active_file 500',
    'Node 0, zone  Movable',
    `  pages free     ${movableFreePages}`,
    '        min      32',
    '      nr_zone_inactive_file 7000',
    '',
  ].join('\n');

export const procStatText = (userTicks: number, procsRunning = 2): string =>
  [
    `cpu  ${userTicks} 5 3578 201329 1929 7 167 163 20 0`,
    'cpu0 2836 0 1337 103384 30 0 45 89 0 0',
    'cpu1 5397 0 2240 97944 1899 0 121 73 0 0',
    'intr 352698 0 0 0',
    'ctxt 689932',
    'btime 1795304736',
    'processes 5363',
    `procs_running ${procsRunning}`,
    'procs_blocked 0',
    '',
  ].join('\n');

export const schedstatText = (runDelayNs: readonly number[], version = 15): string =>
  [
    `version ${version}`,
    'timestamp 4294937296',
    ...runDelayNs.flatMap((ns, cpu) => [
      `cpu${cpu} 0 0 0 0 0 0 1230000000 ${ns} 4711`,
      'domain0 3 100 99 0 0 0 0 0 99 0 0 0 0 0 0 0 0 0 0 0 0 0',
    ]),
    '',
  ].join('\n');

/** All files of a managed cgroup. */
export const CGROUP_FILES: Readonly<Record<string, string>> = {
  'memory.stat': memoryStatText(CGROUP_MEMORY),
  'memory.current': `${300 * MIB}\n`,
  'memory.swap.current': '0\n',
  'memory.high': 'max\n',
  'memory.max': 'max\n',
  'memory.events': memoryEventsText(0),
  'memory.events.local': memoryEventsText(0),
  'memory.pressure': pressureText(1000, 500),
  'cpu.pressure': pressureText(2000, 0),
  'io.pressure': pressureText(3000, 1500),
  'io.stat': ioStatText(1_000_000),
  'cpu.stat': 'usage_usec 5000000\nuser_usec 4000000\nsystem_usec 1000000\n',
  'cpu.max': 'max 100000\n',
  'cgroup.procs': '',
  'cgroup.freeze': '0\n',
};

/** All files of /proc that the monitor reads. */
export const PROC_FILES: Readonly<Record<string, string>> = {
  meminfo: meminfoText(VM_MEMORY),
  zoneinfo: zoneinfoText(80_000, 50_000),
  vmstat: 'nr_free_pages 986000\npgpgin 1000\npswpin 10\npswpout 20\n',
  stat: procStatText(8233),
  schedstat: schedstatText([2_000_000_000, 3_000_000_000]),
  loadavg: '0.48 0.22 0.12 1/89 5363\n',
  'pressure/memory': pressureText(10_000, 5_000),
  'pressure/cpu': pressureText(20_000, 0),
  'pressure/io': pressureText(30_000, 15_000),
  'sys/vm/overcommit_memory': '0\n',
};
