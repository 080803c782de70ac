/** A VM at work: steps of at most 100 ms while something moves, of a second while nothing does. */
import { MIB } from '../../shared/units';
import type { Size } from '../../shared/events/size';
import { VmCpus, type CpuRules } from './cpu';
import { GuestMemory, type MemoryRules } from './guest-memory';
import { ClientsLoad } from './load/clients';
import { GuestDisk } from './guest-disk';
import type { Load, WorldStep } from './load/load';
import { MemorySize } from './memory-size';
import type { WorldScores } from './world-scores';

const SHORT_STEP_SECONDS = 0.1;
const LONG_STEP_SECONDS = 1;
/** More than this within a long step is looked at in short ones. */
const MOVES_BYTES = 16 * MIB;
const MOVES_CORES = 0.1;
/** Postgres starts all backends anew after an OOM kill and replays WAL: connections were refused for more than 6 s. */
const RECOVERY_SECONDS = 8;
/** Then clients connect again and their statements take their memory again, over so long. */
const RETURN_SECONDS = 10;

export interface MachineRules {
  readonly cpu: CpuRules;
  readonly memory: MemoryRules;
  readonly fileCache: 'absent' | 'memory' | 'disk';
}

export class VirtualMachine {
  readonly cpu: VmCpus;
  readonly memory: GuestMemory;
  readonly disk: GuestDisk;
  /** memory.high was reached this often, and what is to be done about it then. */
  highEvents = 0;
  whenTripped: (() => void) | null = null;
  /** A size of /dev/shm that growth stops at; null: half of the memory. */
  sharedCapBytes: number | null = null;
  refusedStatements = 0;
  private isSharedFull = false;
  private readonly now: WorldStep;
  private isMoving = true;
  /** Wanted in the last step. */
  private lastCores = 0;
  private readonly clients: readonly ClientsLoad[];

  constructor(
    readonly rules: MachineRules,
    size: Size,
    bootBytes: number,
    readonly loads: readonly Load[],
    readonly scores: WorldScores,
  ) {
    this.cpu = new VmCpus(rules.cpu, size.cpu);
    this.memory = new GuestMemory(new MemorySize(size.mem, bootBytes), rules.memory);
    this.now = { seconds: 0, dt: 0, startedAtSeconds: 0, isUp: true, stealShare: rules.cpu.stealShare, onlineCpus: 1 };
    this.clients = loads.filter((load) => load instanceof ClientsLoad);
    for (const { spec, hotSet } of this.clients)
      if (spec.keptIn === 'pageCache' || rules.fileCache === 'disk') this.memory.hotSets.push(hotSet);
    this.disk = new GuestDisk(loads, this.memory, rules.fileCache);
    this.settle();
  }

  get seconds(): number {
    return this.now.seconds;
  }

  /** What the hypervisor has given. */
  get size(): Size {
    return { cpu: this.cpu.vcpus, mem: this.memory.size.sizeBytes };
  }

  /** Lets time pass. */
  advance(toSeconds: number): void {
    while (toSeconds - this.now.seconds > 1e-6) {
      const before = this.now.seconds;
      const dt = Math.min(toSeconds - before, this.isMoving ? SHORT_STEP_SECONDS : LONG_STEP_SECONDS);
      this.plan(before + dt, dt);
      if (dt > SHORT_STEP_SECONDS && this.jumps()) {
        this.isMoving = true;
        this.plan(before + SHORT_STEP_SECONDS, SHORT_STEP_SECONDS);
      }
      this.step();
    }
  }

  grow(size: Size): void {
    this.cpu.vcpus = size.cpu;
    if (this.memory.plug(size.mem)) this.recover();
    this.isMoving = true;
  }

  setCpus(vcpus: number): void {
    this.cpu.vcpus = vcpus;
    this.isMoving = true;
  }

  shrink(size: Size, seconds: number): void {
    this.cpu.vcpus = Math.min(this.cpu.vcpus, size.cpu);
    this.memory.size.unplug(size.mem, seconds);
    this.isMoving = true;
  }

  /** /dev/shm holds what it holds, and no more. @returns its size */
  capShared(): number {
    this.sharedCapBytes = this.memory.sharedBytes;
    return this.sharedCapBytes;
  }

  /** The statement with the most memory of processes fails. @returns what it had */
  cancelLargest(): number {
    const [first, ...others] = this.loads;
    if (first === undefined) return 0;
    const largest = others.reduce((most, load) => (load.anonBytes > most.anonBytes ? load : most), first);
    this.refusedStatements += 1;
    largest.cancel();
    return largest.anonBytes;
  }

  workingSetPages(): number[] | null {
    return this.clients.find(({ spec }) => spec.keptIn === 'fileCache')?.hotSet.workingSetPages() ?? null;
  }

  /** The load has been there for long: what it has at the beginning is nothing that grew. */
  private settle(): void {
    this.plan(0, SHORT_STEP_SECONDS);
    this.memory.anonBytes = this.wantedAnon();
    this.memory.sharedBytes = this.wantedShared();
    this.memory.reclaim(SHORT_STEP_SECONDS);
  }

  private plan(seconds: number, dt: number): void {
    const { now } = this;
    now.seconds = seconds;
    now.dt = dt;
    now.isUp = seconds >= now.startedAtSeconds;
    for (const load of this.loads) load.plan(now);
  }

  /** So that a step does not count for what begins within it. */
  private jumps(): boolean {
    if (Math.abs(this.wantedCores() - this.lastCores) > MOVES_CORES) return true;
    return (
      Math.abs(this.wantedAnon() + this.wantedShared() - this.memory.anonBytes - this.memory.sharedBytes) > MOVES_BYTES
    );
  }

  private wantedCores(): number {
    let cores = 0;
    for (const load of this.loads) cores += load.wantCores;
    return cores;
  }

  private wantedAnon(): number {
    let bytes = 0;
    if (this.now.isUp) for (const load of this.loads) bytes += load.anonBytes;
    return bytes * this.returnedShare();
  }

  private wantedShared(): number {
    let bytes = this.rules.memory.sharedBuffersBytes;
    if (this.now.isUp) for (const load of this.loads) bytes += load.sharedBytes * this.returnedShare();
    return this.mounted(bytes) + this.cachedInMemory();
  }

  private returnedShare(): number {
    const { startedAtSeconds, seconds } = this.now;
    return startedAtSeconds === 0 ? 1 : Math.min(1, (seconds - startedAtSeconds) / RETURN_SECONDS);
  }

  /** /dev/shm has half of the memory, or what it was capped to: the statement that wants more fails. */
  private mounted(bytes: number): number {
    const { sharedBuffersBytes } = this.rules.memory;
    const most = this.sharedCapBytes ?? this.memory.size.totalBytes / 2 + sharedBuffersBytes;
    const isFull = bytes > most;
    if (isFull && !this.isSharedFull) this.refusedStatements += 1;
    this.isSharedFull = isFull;
    return isFull ? most : bytes;
  }

  private cachedInMemory(): number {
    if (this.rules.fileCache !== 'memory') return 0;
    let bytes = 0;
    for (const { spec, hotSet } of this.clients) if (spec.keptIn === 'fileCache') bytes += hotSet.cachedBytes;
    return bytes;
  }

  private step(): void {
    const { now, memory, cpu } = this;
    const before = memory.anonBytes + memory.sharedBytes;
    if (memory.allocate(this.wantedAnon(), this.wantedShared(), now.dt)) this.recover();
    this.trip(before);
    memory.size.step(now.dt, memory.roomBytes);
    memory.reclaim(now.dt);
    this.lastCores = this.wantedCores();
    cpu.serve(this.loads, now);
    const filled = this.disk.readPages(now, cpu.running);
    this.scores.take(this, now);
    this.isMoving =
      memory.size.isShrinking ||
      Math.abs(memory.grownBytes) > MOVES_BYTES * now.dt ||
      filled > MOVES_BYTES * now.dt ||
      cpu.waiting > 0.01;
  }

  private recover(): void {
    this.memory.kill();
    this.now.startedAtSeconds = this.now.seconds + RECOVERY_SECONDS;
    this.now.isUp = false;
    for (const load of this.loads) load.lose();
  }

  /** memory.high as a tripwire: told of once, and not waited at (protection/tripwire.ts says why). */
  private trip(before: number): void {
    const { memory } = this;
    if (memory.wireBytes === null || memory.currentBytes < memory.wireBytes) return;
    if (memory.anonBytes + memory.sharedBytes <= before && memory.grownBytes <= 0) return;
    this.highEvents += 1;
    memory.wireBytes = null;
    this.whenTripped?.();
  }
}
