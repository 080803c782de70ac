/** A shape as a load: its memory is wanted as it is, its CPU work queues. */
import { Load, type WorldStep } from './load';
import type { LoadShape } from './shape';

/** CPU time of one operation, the middle of a mixed load. */
const OPERATION_SECONDS = 0.02;
/** max_connections of Postgres is 100: so many wait within the VM, the rest before it. */
const BACKENDS_MOST = 100;
/** Clients give up after so many seconds (as in the fluid model, machines/simulation/server.ts). */
const LONGEST_QUEUE_SECONDS = 10;

const none = (): number => 0;

export class ShapedLoad extends Load {
  private offered = 0;
  /** The most that was offered of late: what a spike has left behind is not given up when the spike ends. */
  private lately = 0;
  /** Core-seconds that wait. */
  private backlog = 0;
  /** Memory of a statement that was cancelled. */
  private cancelledBytes = 0;
  private readonly anonAt: (seconds: number, up: number) => number;
  private readonly sharedAt: (seconds: number, up: number) => number;
  private readonly coresAt: (seconds: number) => number;

  /** `laterSeconds`: all of the shape comes so much later. */
  constructor(
    { anonBytes, sharedBytes, cores }: LoadShape,
    private readonly laterSeconds: number,
  ) {
    super();
    this.anonAt = anonBytes ?? none;
    this.sharedAt = sharedBytes ?? none;
    this.coresAt = cores ?? none;
  }

  override plan({ seconds: now, dt, startedAtSeconds, isUp }: WorldStep): void {
    const seconds = now - this.laterSeconds;
    this.anonBytes = this.without(this.anonAt(seconds, now - startedAtSeconds));
    this.sharedBytes = this.sharedAt(seconds, now - startedAtSeconds);
    this.offered = isUp ? this.coresAt(seconds) : 0;
    this.wantCores = Math.min(BACKENDS_MOST, this.offered + this.backlog / dt);
  }

  override serve(cores: number, { dt, stealShare }: WorldStep): void {
    const ran = Math.min(cores, this.wantCores);
    const before = this.backlog;
    this.lately = Math.max(this.offered, this.lately * Math.exp(-dt / LONGEST_QUEUE_SECONDS));
    this.backlog = Math.min(LONGEST_QUEUE_SECONDS * this.lately, Math.max(0, before + (this.offered - ran) * dt));
    const waiting = Math.min(BACKENDS_MOST, (before + this.backlog) / 2 / OPERATION_SECONDS);
    this.ranCores = ran;
    this.runnable = ran / (1 - stealShare) + waiting;
    this.runnableNow = this.runnable;
    this.completed = (ran * dt) / OPERATION_SECONDS;
    this.waitMs = this.backlog > 0 ? (this.backlog / Math.max(ran, 1e-6)) * 1000 : 0;
    this.shortCores = Math.max(0, this.backlog - this.lately);
  }

  /** What it has taken since is not asked for again for as long as the shape does not ask for less. */
  override cancel(): void {
    this.cancelledBytes = this.anonBytes;
  }

  override lose(): void {
    this.backlog = 0;
  }

  private without(bytes: number): number {
    this.cancelledBytes = Math.min(this.cancelledBytes, bytes);
    return bytes - this.cancelledBytes;
  }
}
