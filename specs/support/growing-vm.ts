/**
 * Use of a VM on a fake tree (protected-vm.ts) that grows with time, whatever the beats are: it is written
 * on each beat. Its growers grow by a timer, so that two readings of one are never the same.
 */
import { KIB, MIB, SECOND_MS } from '../../machines/shared/units';
import type { KernelTree } from './fake-kernel-tree';
import { CGROUP_MEMORY, meminfoText, memoryStatText, VM_MEMORY } from './kernel-texts';
import { GROWERS, setAnonBytes } from './protected-vm';

/** Shorter than the time between two readings of a process (SLOPE_WINDOW_MS). */
const GROWER_TICK_MS = 5;
const GROWER_STEP_BYTES = 2 * MIB;
/** A VM whose monitor is late is not over-full: nothing more is given then. */
const LEAST_AVAILABLE_BYTES = 16 * MIB;

export interface Growth {
  readonly bytesPerS: number;
  /** The part of it that is shared memory; none if it is not given. */
  readonly sharedBytesPerS?: number;
}

/** The kernel counts in KiB. */
const whole = (bytes: number): number => Math.floor(bytes / (64 * KIB)) * 64 * KIB;

const RESTING: Growth = { bytesPerS: 0 };

export class GrowingVm {
  #memory;
  #anonBytes = CGROUP_MEMORY.anonBytes;
  #growth = RESTING;
  #highEvents = 0;
  #growerBytes = 0;
  #ticks: NodeJS.Timeout | undefined;

  constructor(
    private readonly tree: KernelTree,
    availableBytes: number,
  ) {
    this.#memory = { ...VM_MEMORY, availableBytes, shmemBytes: CGROUP_MEMORY.shmemBytes };
    this.#write();
  }

  /** Until it rests. */
  grows(growth: Growth): void {
    this.#growth = growth;
    this.#ticks ??= setInterval(() => {
      this.#growerBytes += GROWER_STEP_BYTES;
      for (const pid of GROWERS) setAnonBytes(this.tree, pid, this.#growerBytes);
    }, GROWER_TICK_MS).unref();
  }

  rests(): void {
    this.#growth = RESTING;
    clearInterval(this.#ticks);
    this.#ticks = undefined;
  }

  /** On each beat. */
  passes(elapsedMs: number): void {
    const { bytesPerS, sharedBytesPerS = 0 } = this.#growth;
    if (bytesPerS === 0) return;
    const { availableBytes, shmemBytes } = this.#memory;
    const grownBytes = whole(Math.min((bytesPerS * elapsedMs) / SECOND_MS, availableBytes - LEAST_AVAILABLE_BYTES));
    const sharedBytes = whole((grownBytes * sharedBytesPerS) / bytesPerS);
    this.#anonBytes += grownBytes - sharedBytes;
    this.#memory = {
      ...this.#memory,
      availableBytes: availableBytes - grownBytes,
      shmemBytes: shmemBytes + sharedBytes,
    };
    this.#write();
  }

  /** The hypervisor gives memory, or takes it. */
  plugs(bytes: number): void {
    const { totalBytes, availableBytes } = this.#memory;
    this.#memory = { ...this.#memory, totalBytes: totalBytes + bytes, availableBytes: availableBytes + bytes };
    this.#write();
  }

  /** Use of the cgroup jumps, and memory.high is reached once more. */
  reachesHigh(grownBytes: number): void {
    this.#anonBytes += grownBytes;
    this.#write();
    this.#highEvents += 1;
    this.tree.setHighEvents(this.#highEvents);
  }

  #write(): void {
    const { shmemBytes } = this.#memory;
    this.tree.set('proc/meminfo', meminfoText(this.#memory));
    this.tree.set('cgroup/memory.stat', memoryStatText({ ...CGROUP_MEMORY, anonBytes: this.#anonBytes, shmemBytes }));
  }
}
