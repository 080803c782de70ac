/**
 * What the monitor reads in the VM, as the sources do (streams/signals): memory at each look, the rest each half second
 * or second and repeated in between, where it has not grown. Gauges are as they are, counters since the look before.
 */
import type { CgroupReading, CpuReading, MemoryReading, Readings } from '../../monitor/events/readings';
import { KIB } from '../../shared/units';
import { countersOf, type GuestCounters } from './guest-counters';
import type { VirtualMachine } from './virtual-machine';

/** As the streams round byte gauges (streams/quantise.ts): use up, room down. */
const QUANTUM_BYTES = 64 * KIB;
const usedUp = (bytes: number): number => Math.ceil(bytes / QUANTUM_BYTES) * QUANTUM_BYTES;
const roomDown = (bytes: number): number => Math.floor(bytes / QUANTUM_BYTES) * QUANTUM_BYTES;

const PAGE_BYTES = 4096;
/** Major and minor of a virtio disk. */
const DISK = '254:0';

/** How old the slower files may be (adapters/monitor/kernel/sources.ts). */
const HALF_SECONDLY_MS = 480;
const SECONDLY_MS = 900;
/** A smaller difference shows nothing new (streams/signals/fills.ts). */
const CHANGED_FROM_BYTES = 512 * KIB;

/** Files that are read each half second, as they were read last; `isNew`: at this very look. */
interface SlowFiles {
  atMs: number;
  counters: GuestCounters;
  currentBytes: number;
  swapBytes: number;
  kernelRoomBytes: number;
  highBytes: number | null;
  cpu: CpuReading;
  pressure: NonNullable<Readings['pressure']> | null;
}

const NO_STALLS = { memorySomeUs: 0, memoryFullUs: 0, cpuSomeUs: 0, ioSomeUs: 0, ioFullUs: 0 };

/** The cgroup above ours, in which somebody else has set a limit. */
const FOREIGN_PATH = '/system.slice/postgresql.service';

interface Loads {
  readonly load1: number;
  readonly load5: number;
}

export class KernelFiles {
  private slow: SlowFiles | null = null;
  private secondAtMs = -Infinity;
  /** At the look before: file pages that came back, memory.high events. */
  private refaultedBytes = 0;
  private highEvents = 0;
  /** As they were passed on last. */
  private availableBytes = NaN;
  private sharedBytes = NaN;
  private anonBytes = NaN;
  private fileBytes = NaN;
  private totalBytes = NaN;

  constructor(
    private readonly vm: VirtualMachine,
    private readonly hasSchedstat: boolean,
    private readonly random: () => number,
  ) {}

  /** A monitor that starts anew has seen nothing. */
  forget(): void {
    this.slow = null;
    this.secondAtMs = -Infinity;
    this.availableBytes = NaN;
  }

  /** A look now would show nothing but what was passed on last (streams/unchanged.ts). */
  isUnchanged(nowMs: number): boolean {
    const { memory } = this.vm;
    return (
      this.slow !== null &&
      nowMs - this.slow.atMs < HALF_SECONDLY_MS &&
      this.vm.highEvents === this.highEvents &&
      memory.size.totalBytes === this.totalBytes &&
      Math.abs(memory.availableBytes - this.availableBytes) < CHANGED_FROM_BYTES &&
      Math.abs(memory.sharedBytes - this.sharedBytes) < CHANGED_FROM_BYTES &&
      Math.abs(memory.anonBytes - this.anonBytes) < CHANGED_FROM_BYTES &&
      Math.abs(memory.coldBytes + memory.hotBytes - this.fileBytes) < CHANGED_FROM_BYTES
    );
  }

  read(nowMs: number): Readings {
    const before = this.slow;
    const isDue = before === null || nowMs - before.atMs >= HALF_SECONDLY_MS;
    const slow = isDue ? this.readSlow(nowMs, before) : before;
    this.slow = slow;
    const isFirst = before === null;
    const readings: { -readonly [Group in keyof Readings]: Readings[Group] } = {
      memory: this.memory(slow, isDue ? (before?.counters ?? null) : slow.counters, isFirst),
      cgroup: this.cgroup(slow, isDue ? (before?.counters ?? null) : slow.counters, isFirst),
      cpu: isDue || isFirst ? slow.cpu : this.repeated(slow.cpu),
    };
    if (slow.pressure !== null) readings.pressure = isDue ? slow.pressure : NO_STALLS;
    this.note();
    return readings;
  }

  private note(): void {
    const { memory } = this.vm;
    this.totalBytes = memory.size.totalBytes;
    this.availableBytes = memory.availableBytes;
    this.sharedBytes = memory.sharedBytes;
    this.anonBytes = memory.anonBytes;
    this.fileBytes = memory.coldBytes + memory.hotBytes;
    this.refaultedBytes = this.vm.disk.refaultedBytes;
    this.highEvents = this.vm.highEvents;
  }

  private readSlow(nowMs: number, before: SlowFiles | null): SlowFiles {
    const { memory, cpu } = this.vm;
    const counters = countersOf(this.vm);
    const isSecond = before === null || nowMs - this.secondAtMs >= SECONDLY_MS;
    if (isSecond) this.secondAtMs = nowMs;
    const load = isSecond
      ? { load1: cpu.load.load1, load5: cpu.load.load5 }
      : { load1: before.cpu.load1 ?? 0, load5: before.cpu.load5 ?? 0 };
    return {
      atMs: nowMs,
      counters,
      currentBytes: usedUp(memory.currentBytes),
      swapBytes: usedUp(memory.swappedBytes),
      kernelRoomBytes: isSecond ? roomDown(memory.kernelRoomBytes ?? memory.availableBytes) : before.kernelRoomBytes,
      highBytes: isSecond ? memory.highBytes : before.highBytes,
      cpu: this.cpu(before?.counters ?? null, counters, load),
      pressure: before === null ? null : this.pressure(before.counters, counters),
    };
  }

  private memory(slow: SlowFiles, before: GuestCounters | null, isFirst: boolean): MemoryReading {
    const { memory } = this.vm;
    const reading: MemoryReading = {
      totalBytes: memory.size.totalBytes,
      availableBytes: roomDown(memory.availableBytes),
      freeBytes: roomDown(memory.freeBytes),
      // Cached counts shared memory too (fs/proc/meminfo.c).
      cachedBytes: roomDown(memory.cacheBytes + memory.sharedBytes),
      shmemBytes: usedUp(memory.sharedBytes),
      dirtyBytes: 0,
      writebackBytes: 0,
      kernelRoomBytes: slow.kernelRoomBytes,
    };
    if (isFirst || before === null) return reading;
    reading.swapInPagesDelta = Math.round((slow.counters.swappedIn - before.swappedIn) / PAGE_BYTES);
    reading.swapOutPagesDelta = Math.round((slow.counters.swappedOut - before.swappedOut) / PAGE_BYTES);
    return reading;
  }

  private cgroup(slow: SlowFiles, before: GuestCounters | null, isFirst: boolean): CgroupReading {
    const { memory } = this.vm;
    const reading: CgroupReading = {
      anonBytes: usedUp(memory.anonBytes),
      shmemBytes: usedUp(memory.sharedBytes),
      fileBytes: usedUp(memory.coldBytes + memory.hotBytes + memory.sharedBytes),
      kernelBytes: usedUp(memory.kernelBytes),
      // Shared buffers are mapped; Postgres maps no files.
      fileMappedBytes: usedUp(memory.sharedBytes),
      swapBytes: slow.swapBytes,
      currentBytes: slow.currentBytes,
      activeFileBytes: usedUp(memory.hotBytes),
    };
    if (slow.highBytes !== null) reading.highBytes = slow.highBytes;
    if (memory.foreignMaxBytes !== null) {
      reading.limitBytes = memory.foreignMaxBytes;
      reading.limitPath = FOREIGN_PATH;
    }
    if (isFirst || before === null) return reading;
    reading.refaultAnonPagesDelta = Math.round((slow.counters.swappedIn - before.swappedIn) / PAGE_BYTES);
    reading.refaultFilePagesDelta = Math.round((this.vm.disk.refaultedBytes - this.refaultedBytes) / PAGE_BYTES);
    reading.highEventsDelta = this.vm.highEvents - this.highEvents;
    reading.oomKillEventsDelta = slow.counters.oomKills - before.oomKills;
    const readsDelta = slow.counters.reads - before.reads;
    if (readsDelta > 0) {
      const readBytesDelta = slow.counters.readBytes - before.readBytes;
      reading.io = { [DISK]: { readBytesDelta, readsDelta, writtenBytesDelta: 0, writesDelta: 0 } };
    }
    return reading;
  }

  private pressure(before: GuestCounters, now: GuestCounters): NonNullable<Readings['pressure']> {
    const memorySomeUs = now.stalledUs - before.stalledUs;
    return {
      memorySomeUs,
      // All stall when nobody runs meanwhile.
      memoryFullUs: memorySomeUs * Math.max(0, 1 - Math.min(1, this.vm.cpu.running)),
      cpuSomeUs: now.waitedUs - before.waitedUs,
      ioSomeUs: now.ioSomeUs - before.ioSomeUs,
      ioFullUs: now.ioFullUs - before.ioFullUs,
    };
  }

  private cpu(before: GuestCounters | null, now: GuestCounters, { load1, load5 }: Loads): CpuReading {
    const { cpu } = this.vm;
    const reading: CpuReading = {
      onlineCpus: cpu.online,
      // A mean number of tasks, at an instant: a whole number that has this mean.
      procsRunning: Math.floor(cpu.runnableNow + this.random()),
      load1,
      load5,
    };
    if (before === null) return reading;
    reading.busyMs = now.busyMs - before.busyMs;
    reading.stealMs = now.stealMs - before.stealMs;
    if (this.hasSchedstat) {
      reading.runDelayMs = now.runDelayMs - before.runDelayMs;
      reading.timeslicesDelta = now.timeslices - before.timeslices;
    }
    return reading;
  }

  /** What was not read anew has not grown. */
  private repeated({ onlineCpus, procsRunning, load1 = 0, load5 = 0 }: CpuReading): CpuReading {
    const reading: CpuReading = { onlineCpus, procsRunning, load1, load5, busyMs: 0, stealMs: 0 };
    if (this.hasSchedstat) {
      reading.runDelayMs = 0;
      reading.timeslicesDelta = 0;
    }
    return reading;
  }
}
