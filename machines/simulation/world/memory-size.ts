/** How much memory the VM's kernel has, as the hypervisor plugs and unplugs it. */
import { GIB, MIB } from '../../shared/units';

/** The memmap of the size that was booted, and the kernel's own text and tables (memory/boot-reserve.ts). */
const MEMMAP_FRACTION = 1 / 64;
const KERNEL_TEXT_BYTES = 64 * MIB;
/** Memory goes in blocks of this size on x86 (kernel doc admin-guide/mm/memory-hotplug). */
export const BLOCK_BYTES = 128 * MIB;
/** 64 bytes for each page of 4 KiB that is plugged. */
export const MEMMAP_OF_PLUGGED = (16 * MIB) / GIB;
/** As the agent does (machines/agent/timings.ts, SHRINK_STALL_MS): a step that gives nothing for so long is taken back. */
const STALL_SECONDS = 3;

export class MemorySize {
  /** A block that is being emptied: nothing can be had of it, and MemTotal still counts it. */
  isolatedBytes = 0;
  private readonly bootReserveBytes: number;
  private target: number;
  private blockSeconds = 0;
  private blockLeft = 0;
  private stalledSeconds = 0;

  constructor(
    public sizeBytes: number,
    readonly bootBytes: number,
  ) {
    this.target = sizeBytes;
    this.bootReserveBytes = bootBytes * MEMMAP_FRACTION + KERNEL_TEXT_BYTES;
  }

  get totalBytes(): number {
    return this.sizeBytes - this.bootReserveBytes;
  }

  /** Taken from memory that is counted, by what was plugged after the boot. */
  get memmapBytes(): number {
    return Math.max(0, this.sizeBytes - this.bootBytes) * MEMMAP_OF_PLUGGED;
  }

  get isShrinking(): boolean {
    return this.target < this.sizeBytes;
  }

  plug(toBytes: number): void {
    this.target = toBytes;
    this.sizeBytes = Math.max(this.sizeBytes, toBytes);
    this.isolatedBytes = 0;
  }

  /** Block after block within `seconds`, if the pages find room elsewhere. */
  unplug(toBytes: number, seconds: number): void {
    this.target = Math.min(toBytes, this.sizeBytes);
    const blocks = Math.ceil((this.sizeBytes - this.target) / BLOCK_BYTES);
    this.blockSeconds = seconds / Math.max(1, blocks);
    this.blockLeft = this.blockSeconds;
    this.stalledSeconds = 0;
  }

  /** `roomBytes`: what can still be had. */
  step(dt: number, roomBytes: number): void {
    let [left, room] = [dt, roomBytes];
    while (left > 0 && this.isShrinking) {
      const block = Math.min(BLOCK_BYTES, this.sizeBytes - this.target);
      if (this.isolatedBytes === 0) {
        if (room < block) {
          this.stall(left);
          return;
        }
        this.isolatedBytes = block;
        room -= block;
        this.stalledSeconds = 0;
      }
      const spent = Math.min(left, this.blockLeft);
      this.blockLeft -= spent;
      left -= spent;
      if (this.blockLeft > 1e-9) return;
      this.sizeBytes -= this.isolatedBytes;
      this.isolatedBytes = 0;
      this.blockLeft = this.blockSeconds;
    }
  }

  private stall(seconds: number): void {
    this.stalledSeconds += seconds;
    if (this.stalledSeconds >= STALL_SECONDS) this.target = this.sizeBytes;
  }
}
