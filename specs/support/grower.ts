/**
 * A VM of a story whose use grows as its actuators let it: a held grower has its allowance and no more, a
 * capped one gets an error, a cancelled one gives its memory back, and a tripwire is run into.
 */
import { samplingIntervalMs } from '../../machines/monitor/engine/pace';
import { MIB } from '../../machines/shared/units';
import type { FakeActuators } from './actuators';
import type { Story } from './scenario';
import { bootReserveOf, cgroupBytes } from './vm';

export interface Growth {
  readonly bytesPerS: number;
  readonly kind?: 'anon' | 'shared';
  /** Page cache instead of memory that is needed. */
  readonly cacheBytesPerS?: number;
}

/** A cancelled statement has given its memory back after this long. */
const RELEASE_MS = 250;

export class Grower {
  /** Use went beyond the VM's end. */
  oomKills = 0;
  private grownBytes = 0;
  private seenCancelled = 0;
  private isStopped = false;

  constructor(
    readonly told: Story,
    readonly actuators: FakeActuators = told.actuators,
  ) {}

  /** Time passes with beats at the engine's own pace. A statement of before is over. */
  grows(ms: number, growth: Growth): this {
    const { told } = this;
    const until = told.at + ms;
    this.grownBytes = 0;
    this.isStopped = false;
    while (told.at < until) {
      const elapsedMs = Math.min(samplingIntervalMs(told.state, told.at), until - told.at);
      told.waits(elapsedMs);
      this.step(elapsedMs, growth);
      if (this.isAtWire()) this.trip();
      else told.beat();
    }
    return this;
  }

  rests(ms: number): this {
    return this.grows(ms, { bytesPerS: 0 });
  }

  private step(elapsedMs: number, { bytesPerS, cacheBytesPerS = 0, kind = 'anon' }: Growth): void {
    const { told, actuators } = this;
    this.obeyCancel();
    if (kind === 'shared' && actuators.cappedSince !== null) this.stop();
    const bytes = this.isStopped ? 0 : this.allowed((bytesPerS * elapsedMs) / 1000);
    this.grownBytes += bytes;
    const { vm } = told;
    const useBytes = vm.useBytes + bytes;
    const shmemBytes = vm.shmemBytes + (kind === 'shared' ? bytes : 0);
    const room = Math.max(0, vm.size.mem - bootReserveOf(vm.bootBytes ?? vm.size.mem) - useBytes);
    const cacheBytes = Math.min(room, vm.cacheBytes + (cacheBytesPerS * elapsedMs) / 1000);
    told.has({ useBytes, shmemBytes, cacheBytes });
    if (room === 0) this.kill();
  }

  private allowed(bytes: number): number {
    if (this.actuators.heldSince === null) return bytes;
    const taken = Math.min(bytes, this.actuators.allowanceBytes);
    this.actuators.allowanceBytes -= taken;
    return taken;
  }

  private obeyCancel(): void {
    if (this.actuators.cancelled === this.seenCancelled) return;
    this.seenCancelled = this.actuators.cancelled;
    this.stop();
  }

  private stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    const bytes = this.grownBytes;
    this.told.later(RELEASE_MS, () => this.told.has({ useBytes: this.told.vm.useBytes - bytes }));
  }

  private kill(): void {
    this.oomKills += 1;
    this.isStopped = true;
    this.told.has({ useBytes: 512 * MIB, shmemBytes: 64 * MIB });
  }

  private isAtWire(): boolean {
    const { vm } = this.told;
    return vm.highBytes !== null && cgroupBytes(vm) >= vm.highBytes;
  }

  private trip(): void {
    this.actuators.reflex();
    this.told.beat().input({ type: 'memory.high.reached', count: 1 });
  }
}
