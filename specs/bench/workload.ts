/**
 * Readings of a Postgres VM that exists only here: 4 CPUs, 16 GiB, a day's rhythm, noise in every
 * gauge, a page cache that fills the VM, and bursts as deploys and batch jobs bring them. Everything
 * comes from the seed. Spread and step of the noise are those of a recorded run of pgbench (5 clients,
 * 10 Hz), so that lines compress as badly as real ones, or worse.
 */
import type { Readings } from '../../machines/monitor/events/readings';
import { GIB, KIB, MIB, MINUTE_MS, SECOND_MS } from '../../machines/shared/units';
import { STALL_STEP_US } from '../../streams/signals/fills';
import { roundRoomBytes, roundUseBytes } from '../../streams/quantise';
import { mulberry32 } from '../support/prng';

/** The readings of the beat that comes `elapsedMs` after the last one. */
export type Workload = (elapsedMs: number) => Readings;

interface Character {
  /** Cores wanted at night, and how many more at noon. */
  readonly nightCores: number;
  readonly dayCores: number;
  /** Mean time between bursts. */
  readonly burstEveryMs: number;
  /** New page cache per second and busy core. */
  readonly cacheBytesPerCoreS: number;
  /** Width of the noise of memory gauges. */
  readonly jitterBytes: number;
}

const CHARACTERS = {
  busy: {
    nightCores: 0.6,
    dayCores: 1.6,
    burstEveryMs: 30 * MINUTE_MS,
    cacheBytesPerCoreS: 4 * MIB,
    jitterBytes: 300 * KIB,
  },
  idle: {
    nightCores: 0.01,
    dayCores: 0.02,
    burstEveryMs: 24 * 60 * MINUTE_MS,
    cacheBytesPerCoreS: 100 * KIB,
    jitterBytes: 24 * KIB,
  },
} as const satisfies Record<string, Character>;

const CPUS = 4;
const TOTAL_BYTES = 16 * GIB - 107 * MIB;
const SHARED_BUFFERS_BYTES = 2 * GIB;
const SERVICES_BYTES = 120 * MIB;
const FREE_LEAST_BYTES = 150 * MIB;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** /proc/stat counts in ticks. */
const TICK_MS = 10;
/** How often the kernel moves the load averages, and we read the slow files. */
const LOAD_EVERY_MS = 5 * SECOND_MS;
const SLOW_EVERY_MS = SECOND_MS;
/** How often we read what are sums or gauges that can wait (adapters/monitor/kernel/sources.ts). */
const STEADY_EVERY_MS = 500;
const WRITEBACK_EVERY_MS = 5 * SECOND_MS;

const BURST = { ms: 2 * MINUTE_MS, cores: 1.5, bytes: 600 * MIB };

/** What is not read on every beat of 100 ms. */
interface Steady {
  readonly currentBytes: number;
  readonly pressure: NonNullable<Readings['pressure']>;
  readonly cpu: NonNullable<Readings['cpu']>;
}

const NO_STALL = { memorySomeUs: 0, memoryFullUs: 0, cpuSomeUs: 0, ioSomeUs: 0, ioFullUs: 0 };

/** Not read again: gauges as they were, and nothing has been added to the sums. */
const repeated = ({ currentBytes, cpu }: Steady): Steady => ({
  currentBytes,
  pressure: NO_STALL,
  cpu: { ...cpu, busyMs: 0, stealMs: 0, runDelayMs: 0 },
});

class VirtualVm {
  private readonly random: () => number;
  private sinceMs = 0;
  private cores = 0;
  private drift = 0;
  private burstFrom: number;
  private anon = 300 * MIB;
  private file = 1 * GIB;
  private mapped = 600 * MIB;
  private dirty = 0;
  private load = { load1: 0, load5: 0 };
  private kernelRoomBytes = 0;
  private steadyAtMs = 0;
  private steady: Steady | null = null;

  constructor(
    private readonly character: Character,
    seed: number,
  ) {
    this.random = mulberry32(seed);
    this.burstFrom = this.random() * character.burstEveryMs;
  }

  next(elapsedMs: number): Readings {
    const before = this.sinceMs;
    this.sinceMs += elapsedMs;
    this.moveLoad(before, elapsedMs);
    this.moveMemory(before, elapsedMs);
    const used = this.anon + SHARED_BUFFERS_BYTES + this.file + this.kernelBytes() + SERVICES_BYTES;
    const free = TOTAL_BYTES - used + this.jitter(1);
    if (this.passes(before, SLOW_EVERY_MS)) this.kernelRoomBytes = roundRoomBytes(free / 3 + this.file / 4);
    const { currentBytes, pressure, cpu } = this.readSteady(before);
    return {
      memory: this.memoryReading(free, before),
      cgroup: this.cgroupReading(elapsedMs, currentBytes),
      pressure,
      cpu,
    };
  }

  private readSteady(beforeMs: number): Steady {
    if (this.steady !== null && !this.passes(beforeMs, STEADY_EVERY_MS)) return repeated(this.steady);
    const elapsedMs = this.sinceMs - this.steadyAtMs;
    this.steadyAtMs = this.sinceMs;
    this.steady = {
      currentBytes: roundUseBytes(this.anon + SHARED_BUFFERS_BYTES + this.file * 0.98 + this.jitter(0.5)),
      pressure: this.pressureReading(elapsedMs),
      cpu: this.cpuReading(elapsedMs),
    };
    return this.steady;
  }

  /** Roughly normal, mean 0, deviation 1. */
  private normal(): number {
    return (this.random() + this.random() + this.random() - 1.5) * 2;
  }

  private jitter(width: number): number {
    return this.normal() * this.character.jitterBytes * width;
  }

  /** Whether a multiple of `everyMs` lies between the last beat and this one. */
  private passes(beforeMs: number, everyMs: number): boolean {
    return Math.floor(beforeMs / everyMs) !== Math.floor(this.sinceMs / everyMs);
  }

  private get inBurst(): boolean {
    return this.sinceMs >= this.burstFrom;
  }

  private moveLoad(beforeMs: number, elapsedMs: number): void {
    const { nightCores, dayCores, burstEveryMs } = this.character;
    if (this.sinceMs >= this.burstFrom + BURST.ms) this.burstFrom = this.sinceMs + 2 * this.random() * burstEveryMs;
    const noon = 0.5 - 0.5 * Math.cos((2 * Math.PI * this.sinceMs) / DAY_MS);
    const keep = Math.exp(-elapsedMs / (20 * SECOND_MS));
    this.drift = this.drift * keep + Math.sqrt(1 - keep * keep) * this.normal();
    const rhythm = (nightCores + noon * dayCores) * Math.exp(0.3 * this.drift);
    this.cores = rhythm + (this.inBurst ? BURST.cores : 0);
    if (!this.passes(beforeMs, LOAD_EVERY_MS)) return;
    const mixed = (old: number, minutes: number): number => old + (this.cores - old) * (5 / (60 * minutes));
    this.load = { load1: mixed(this.load.load1, 1), load5: mixed(this.load.load5, 5) };
  }

  private moveMemory(beforeMs: number, elapsedMs: number): void {
    const seconds = elapsedMs / SECOND_MS;
    const aim = 250 * MIB + this.cores * 150 * MIB + (this.inBurst ? BURST.bytes : 0);
    this.anon += (aim - this.anon) * Math.min(1, seconds / 4) + this.jitter(0.5);
    this.file += this.character.cacheBytesPerCoreS * this.cores * seconds * this.random() * 2;
    const room =
      TOTAL_BYTES - SHARED_BUFFERS_BYTES - SERVICES_BYTES - this.anon - this.kernelBytes() - FREE_LEAST_BYTES;
    // The kernel takes cache back in larger pieces.
    if (this.file > room) this.file = room - this.random() * 64 * MIB;
    this.mapped += this.jitter(0.2);
    this.dirty += this.cores * seconds * 2 * MIB * this.random();
    if (this.passes(beforeMs, WRITEBACK_EVERY_MS)) this.dirty *= 0.4;
  }

  private kernelBytes(): number {
    return 40 * MIB + this.file / 60;
  }

  private memoryReading(free: number, beforeMs: number): NonNullable<Readings['memory']> {
    return {
      totalBytes: roundRoomBytes(TOTAL_BYTES),
      availableBytes: roundRoomBytes(free + this.file * 0.96),
      freeBytes: roundRoomBytes(free),
      cachedBytes: roundRoomBytes(this.file + SHARED_BUFFERS_BYTES + this.jitter(0.3)),
      shmemBytes: roundUseBytes(SHARED_BUFFERS_BYTES),
      dirtyBytes: roundUseBytes(this.dirty),
      writebackBytes: this.passes(beforeMs, WRITEBACK_EVERY_MS) ? roundUseBytes(this.dirty * 0.3) : 0,
      kernelRoomBytes: this.kernelRoomBytes,
      swapInPagesDelta: 0,
      swapOutPagesDelta: 0,
    };
  }

  private cgroupReading(elapsedMs: number, currentBytes: number): NonNullable<Readings['cgroup']> {
    const isFull = this.file > TOTAL_BYTES / 2;
    return {
      anonBytes: roundUseBytes(this.anon),
      shmemBytes: roundUseBytes(SHARED_BUFFERS_BYTES),
      fileBytes: roundUseBytes(this.file * 0.95),
      kernelBytes: roundUseBytes(this.kernelBytes() * 0.8),
      fileMappedBytes: roundUseBytes(this.mapped),
      activeFileBytes: roundUseBytes(this.file * 0.4),
      swapBytes: 0,
      currentBytes,
      refaultAnonPagesDelta: 0,
      refaultFilePagesDelta: isFull ? Math.floor((this.random() * this.cores * elapsedMs) / 30) : 0,
      highEventsDelta: 0,
      oomKillEventsDelta: 0,
    };
  }

  private pressureReading(elapsedMs: number): NonNullable<Readings['pressure']> {
    const stalledUs = (share: number): number =>
      Math.floor((Math.min(1, Math.max(0, share)) * elapsedMs * 1000) / STALL_STEP_US) * STALL_STEP_US;
    const io = this.cores * 0.01 * this.random();
    return {
      memorySomeUs: this.inBurst ? stalledUs(0.002 * this.random()) : 0,
      memoryFullUs: 0,
      cpuSomeUs: stalledUs((this.cores / CPUS) ** 2 + 0.02 * this.cores * this.normal()),
      ioSomeUs: stalledUs(io),
      ioFullUs: stalledUs(io * 0.4 * this.random()),
    };
  }

  private cpuReading(elapsedMs: number): NonNullable<Readings['cpu']> {
    const coresNow = Math.max(0, Math.min(CPUS, this.cores * (1 + 0.15 * this.normal())));
    const busyMs = Math.round((coresNow * elapsedMs) / TICK_MS) * TICK_MS;
    return {
      onlineCpus: CPUS,
      procsRunning: Math.round(coresNow * 2 * this.random()),
      load1: Math.round(this.load.load1 * 100) / 100,
      load5: Math.round(this.load.load5 * 100) / 100,
      busyMs,
      stealMs: 0,
      runDelayMs: Math.round(coresNow * elapsedMs * 0.1 * this.random()),
    };
  }
}

export const createWorkload = (load: keyof typeof CHARACTERS, seed = 1): Workload => {
  const vm = new VirtualVm(CHARACTERS[load], seed);
  return (elapsedMs) => vm.next(elapsedMs);
};
