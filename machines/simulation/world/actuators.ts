/** Carries out the core's commands on the modelled VM, and tells what came of them. */
import type { InputEvent } from '../../monitor/events/inputs';
import type { Command } from '../../monitor/events/outputs';
import { MIB } from '../../shared/units';
import type { Agenda } from './agenda';
import type { VirtualMachine } from './virtual-machine';

/** A statement in Postgres, a write to a file of the kernel: measured as some ms and below one. */
const STATEMENT_MS = 5;
const WRITE_MS = 1;
/** Neon's extension: neon.max_file_cache_size, here beyond any VM. */
const FILE_CACHE_MOST_BYTES = 2 ** 40;
/** Above memory.current, so that arming reclaims nothing (protection/tripwire.ts). */
const WIRE_LEAST_BYTES = 16 * MIB;

export class Actuators {
  private armedAt = 0;
  private throttledAt = 0;
  private cappedAt = 0;
  /** Of the monitor's process: outcomes of the one before are nobody's. */
  private generation = 0;

  constructor(
    private readonly vm: VirtualMachine,
    private readonly agenda: Agenda,
    private readonly tell: (outcome: InputEvent) => void,
  ) {}

  get armedMs(): number {
    return this.agenda.now - this.armedAt;
  }

  perform(id: number, command: Command): void {
    switch (command.type) {
      case 'fileCache.connect':
        this.connectFileCache(id);
        return;
      case 'fileCache.resize':
        this.after(STATEMENT_MS, () => {
          this.vm.disk.fileCacheLimitBytes = command.sizeBytes;
          return { type: 'fileCache.resized', id, sizeBytes: command.sizeBytes };
        });
        return;
      case 'limits.apply':
        this.after(WRITE_MS, () => ({ type: 'limits.applied', id }));
        return;
      case 'tripwire.arm':
        this.arm(id, command.highBytes);
        return;
      case 'tripwire.lift':
        this.after(WRITE_MS, () => {
          this.vm.memory.wireBytes = null;
          return { type: 'tripwire.lifted', id, armedMs: this.armedMs };
        });
        return;
      case 'cpus.apply':
        this.after(WRITE_MS, () => ({ type: 'cpus.applied', id, online: this.vm.cpu.online }));
        return;
      case 'connection.close':
        return;
      default:
        this.protect(id, command.type);
    }
  }

  /** What was in place ends with the process. */
  undo(): void {
    this.generation += 1;
    this.vm.memory.wireBytes = null;
    this.vm.memory.isThrottled = false;
    this.vm.sharedCapBytes = null;
  }

  private connectFileCache(id: number): void {
    this.after(STATEMENT_MS, () =>
      this.vm.rules.fileCache === 'absent'
        ? { type: 'fileCache.notOffered', id, reason: 'no such setting' }
        : { type: 'fileCache.connected', id, maxBytes: FILE_CACHE_MOST_BYTES },
    );
  }

  private arm(id: number, wantedBytes: number): void {
    this.after(WRITE_MS, () => {
      const { memory } = this.vm;
      const highBytes = Math.max(wantedBytes, memory.currentBytes + WIRE_LEAST_BYTES);
      memory.wireBytes = highBytes;
      this.armedAt = this.agenda.now;
      return { type: 'tripwire.armed', id, highBytes };
    });
  }

  private protect(
    id: number,
    type: 'throttle.start' | 'throttle.end' | 'shmCap.apply' | 'shmCap.remove' | 'statement.cancel',
  ): void {
    const { vm, agenda } = this;
    this.after(STATEMENT_MS, () => {
      switch (type) {
        case 'throttle.start':
          vm.memory.isThrottled = true;
          this.throttledAt = agenda.now;
          return { type: 'throttle.started', id, processes: [{ pid: 100, growthBytesPerS: 0 }] };
        case 'throttle.end':
          vm.memory.isThrottled = false;
          return { type: 'throttle.ended', id, throttledMs: agenda.now - this.throttledAt };
        case 'shmCap.apply':
          this.cappedAt = agenda.now;
          return { type: 'shmCap.applied', id, capBytes: vm.capShared() };
        case 'shmCap.remove':
          vm.sharedCapBytes = null;
          return { type: 'shmCap.removed', id, cappedMs: agenda.now - this.cappedAt };
        case 'statement.cancel':
          return { type: 'statement.cancelled', id, pid: 100, rssBytes: vm.cancelLargest() };
      }
    });
  }

  private after(ms: number, outcome: () => InputEvent): void {
    const { generation } = this;
    this.agenda.in(ms, () => {
      if (this.generation !== generation) return;
      this.vm.advance(this.agenda.now / 1000);
      this.tell(outcome());
    });
  }
}
