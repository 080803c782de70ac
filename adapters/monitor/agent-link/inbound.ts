/**
 * What comes in on one websocket, delivered in order and no faster than an allowance lets it. While something
 * waits we do not read, so TCP makes the sender wait; what one read (64 KiB) has brought already waits here.
 */
import type { WebSocket } from 'ws';
import type { Allowance } from './allowance';

interface Arrival {
  readonly bytes: number;
  readonly deliver: () => void;
}

export class Inbound {
  private waiting: Arrival[] = [];
  private hasTurnAhead = false;
  private isDiscarded = false;
  private onDrained: (() => void) | null = null;

  constructor(
    private readonly socket: WebSocket,
    private allowance: Allowance,
  ) {}

  /** Delivers at once or later. `bytes`: what it takes from the allowance. */
  push(bytes: number, deliver: () => void): void {
    if (this.isDiscarded) return;
    this.waiting.push({ bytes, deliver });
    if (!this.hasTurnAhead) this.pump();
  }

  /** From here on this allowance counts, for what waits too. */
  use(allowance: Allowance): void {
    this.allowance = allowance;
  }

  /** Nothing more will come. Calls `onDrained` once, as soon as nothing waits. */
  end(onDrained: () => void): void {
    this.onDrained = onDrained;
    this.tellDrained();
  }

  /** Drops what waits and what comes from here on. */
  discard(): void {
    this.isDiscarded = true;
    this.waiting = [];
    // Our Close frame may be on its way: its answer has to be read.
    this.socket.resume();
    this.tellDrained();
  }

  private pump(): void {
    for (let [next] = this.waiting; next !== undefined; [next] = this.waiting) {
      if (!this.allowance.tryTake(next.bytes)) {
        this.waitForTurn();
        return;
      }
      this.waiting.shift();
      next.deliver();
    }
    this.socket.resume();
    this.tellDrained();
  }

  private waitForTurn(): void {
    this.socket.pause();
    this.hasTurnAhead = true;
    this.allowance.whenRenewed(() => {
      this.hasTurnAhead = false;
      this.pump();
    });
  }

  private tellDrained(): void {
    if (this.waiting.length > 0) return;
    const onDrained = this.onDrained;
    this.onDrained = null;
    onDrained?.();
  }
}
