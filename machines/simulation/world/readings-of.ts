/** What the monitor reads in the VM: gauges as they are, counters since the last look. */
import type { CgroupReading, CpuReading, MemoryReading, Readings } from '../../monitor/events/readings';
import { KIB } from '../../shared/units';
import type { VirtualMachine } from './virtual-machine';

/** As the streams round byte gauges (streams/quantise.ts): use up, room down. */
const QUANTUM_BYTES = 64 * KIB;
const usedUp = (bytes: number): number => Math.ceil(bytes / QUANTUM_BYTES) * QUANTUM_BYTES;
const roomDown = (bytes: number): number => Math.floor(bytes / QUANTUM_BYTES) * QUANTUM_BYTES;

const PAGE_BYTES = 4096;
/** Major and minor of a virtio disk. */
const DISK = '254:0';

/** Counters as they stood at the last look. */
interface Counters {
  busyMs: number;
  stealMs: number;
  runDelayMs: number;
  waitedUs: number;
  stalledUs: number;
  ioSomeUs: number;
  ioFullUs: number;
  refaulted: number;
  readBytes: number;
  reads: number;
  oomKills: number;
  highEvents: number;
  swappedIn: number;
  swappedOut: number;
}

const countersOf = (vm: VirtualMachine): Counters => ({
  busyMs: vm.cpu.busyMs,
  stealMs: vm.cpu.stealMs,
  runDelayMs: vm.cpu.runDelayMs,
  waitedUs: vm.cpu.someWaitedUs,
  stalledUs: vm.memory.stalledUs,
  ioSomeUs: vm.ioSomeUs,
  ioFullUs: vm.ioFullUs,
  refaulted: vm.refaultedBytes,
  readBytes: vm.readBytes,
  reads: vm.reads,
  oomKills: vm.memory.oomKills,
  highEvents: vm.highEvents,
  swappedIn: vm.memory.swappedInBytes,
  swappedOut: vm.memory.swappedOutBytes,
});

export class KernelFiles {
  private last: Counters | null = null;

  constructor(
    private readonly vm: VirtualMachine,
    private readonly hasSchedstat: boolean,
    private readonly random: () => number,
  ) {}

  /** A monitor that starts anew has seen nothing. */
  forget(): void {
    this.last = null;
  }

  read(): Readings {
    const [before, now] = [this.last, countersOf(this.vm)];
    this.last = now;
    return {
      memory: this.memory(before, now),
      cgroup: this.cgroup(before, now),
      ...(before === null ? {} : { pressure: this.pressure(before, now) }),
      cpu: this.cpu(before, now),
    };
  }

  private memory(before: Counters | null, now: Counters): MemoryReading {
    const { memory } = this.vm;
    const availableBytes = roomDown(memory.availableBytes);
    const reading: MemoryReading = {
      totalBytes: memory.size.totalBytes,
      availableBytes,
      freeBytes: roomDown(memory.freeBytes),
      // Cached counts shared memory too (fs/proc/meminfo.c).
      cachedBytes: roomDown(memory.cacheBytes + memory.sharedBytes),
      shmemBytes: usedUp(memory.sharedBytes),
      dirtyBytes: 0,
      writebackBytes: 0,
      kernelRoomBytes: roomDown(memory.kernelRoomBytes ?? availableBytes),
    };
    if (before === null) return reading;
    reading.swapInPagesDelta = Math.round((now.swappedIn - before.swappedIn) / PAGE_BYTES);
    reading.swapOutPagesDelta = Math.round((now.swappedOut - before.swappedOut) / PAGE_BYTES);
    return reading;
  }

  private cgroup(before: Counters | null, now: Counters): CgroupReading {
    const { memory } = this.vm;
    const reading: CgroupReading = {
      anonBytes: usedUp(memory.anonBytes),
      shmemBytes: usedUp(memory.sharedBytes),
      fileBytes: roomDown(memory.coldBytes + memory.hotBytes + memory.sharedBytes),
      kernelBytes: usedUp(memory.kernelBytes),
      // Shared buffers are mapped; Postgres maps no files.
      fileMappedBytes: usedUp(memory.sharedBytes),
      swapBytes: usedUp(memory.swappedBytes),
      currentBytes: usedUp(memory.currentBytes),
      activeFileBytes: roomDown(memory.hotBytes),
    };
    if (memory.highBytes !== null) reading.highBytes = memory.highBytes;
    if (before === null) return reading;
    reading.refaultAnonPagesDelta = Math.round((now.swappedIn - before.swappedIn) / PAGE_BYTES);
    reading.refaultFilePagesDelta = Math.round((now.refaulted - before.refaulted) / PAGE_BYTES);
    reading.highEventsDelta = now.highEvents - before.highEvents;
    reading.oomKillEventsDelta = now.oomKills - before.oomKills;
    if (now.reads > before.reads) {
      const [readBytesDelta, readsDelta] = [now.readBytes - before.readBytes, now.reads - before.reads];
      reading.io = { [DISK]: { readBytesDelta, readsDelta, writtenBytesDelta: 0, writesDelta: 0 } };
    }
    return reading;
  }

  private pressure(before: Counters, now: Counters): NonNullable<Readings['pressure']> {
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

  private cpu(before: Counters | null, now: Counters): CpuReading {
    const { cpu } = this.vm;
    const reading: CpuReading = {
      onlineCpus: cpu.online,
      // A mean number of tasks, at an instant: a whole number that has this mean.
      procsRunning: Math.floor(cpu.runnableNow + this.random()),
      load1: cpu.load.load1,
      load5: cpu.load.load5,
    };
    if (before === null) return reading;
    reading.busyMs = now.busyMs - before.busyMs;
    reading.stealMs = now.stealMs - before.stealMs;
    if (this.hasSchedstat) reading.runDelayMs = now.runDelayMs - before.runDelayMs;
    return reading;
  }
}
