/**
 * N clients in a closed loop: think, compute, read pages of which some miss the cache. Throughput by the bounds of
 * operational analysis (Denning and Buzen, 1978): what the clients can ask for, what the CPUs and what the disk can serve.
 */
import { GIB } from '../../../shared/units';
import { HotSet, POSTGRES_PAGE_BYTES } from '../hot-set';
import type { LoadOf } from './specs';
import { Load, type WorldStep } from './load';

/** Where what is not cached is read from. */
export interface PageSource {
  /** Time of one read that does not queue. */
  readonly readSeconds: number;
  readonly readsPerSecond: number;
}

export class ClientsLoad extends Load {
  readonly hotSet: HotSet;
  /** Of the last step. */
  readBytes = 0;
  /** Of pages that are not read any more, since this was last taken. */
  cooledBytes = 0;
  private nextChange = 0;
  private rate = 0;
  private readsEach = 0;
  private readonly thinkSeconds: number;
  private readonly cpuSeconds: number;

  constructor(
    readonly spec: LoadOf<'clients'>,
    private readonly source: PageSource,
  ) {
    super();
    this.thinkSeconds = spec.thinkMs / 1000;
    this.cpuSeconds = spec.cpuMs / 1000;
    this.hotSet = new HotSet(spec.hotSetGib * GIB, spec.warmShare);
  }

  override plan({ seconds, isUp }: WorldStep): void {
    this.change(seconds);
    this.readsEach = this.spec.readsPerQuery * (1 - this.hotSet.hitShare);
    const { readSeconds, readsPerSecond } = this.source;
    const alone = this.thinkSeconds + this.cpuSeconds + this.readsEach * readSeconds;
    this.rate =
      isUp && this.isActive(seconds)
        ? Math.min(this.spec.clients / alone, this.readsEach > 0 ? readsPerSecond / this.readsEach : Infinity)
        : 0;
    this.wantCores = this.rate * this.cpuSeconds;
  }

  override serve(cores: number, { dt, stealShare }: WorldStep): void {
    const wanted = this.rate;
    const rate = Math.min(wanted, cores / this.cpuSeconds);
    this.ranCores = rate * this.cpuSeconds;
    this.place(rate, cores < 0.999 * this.wantCores, stealShare);
    this.completed = rate * dt;
    this.readBytes = this.completed * this.spec.readsPerQuery * POSTGRES_PAGE_BYTES;
    const inServiceMs = rate === 0 ? 0 : (this.spec.clients / rate - this.thinkSeconds) * 1000;
    this.waitMs = Math.max(0, inServiceMs - this.spec.cpuMs);
    this.shortCores = 0;
  }

  override lose(): void {
    this.rate = 0;
  }

  /** Where the clients are: those that do not think wait at what is the bottleneck. */
  private place(rate: number, isCpuBound: boolean, stealShare: number): void {
    const reading = rate * this.readsEach * this.source.readSeconds;
    const running = this.ranCores / (1 - stealShare);
    const rest = rate === 0 ? 0 : this.spec.clients - rate * this.thinkSeconds;
    this.runnable = isCpuBound ? Math.max(running, rest - reading) : running;
    this.runnableNow = this.runnable;
    this.blocked = isCpuBound ? reading : Math.max(reading, rest - running);
  }

  private change(seconds: number): void {
    const change = this.spec.changes[this.nextChange];
    if (change === undefined || seconds < change.atSeconds) return;
    this.nextChange += 1;
    this.cooledBytes += this.hotSet.change(change.factor, change.sameShare);
  }

  private isActive(seconds: number): boolean {
    const { activeSeconds } = this.spec;
    return activeSeconds.length === 0 || activeSeconds.some(({ from, to }) => seconds > from && seconds <= to);
  }
}
