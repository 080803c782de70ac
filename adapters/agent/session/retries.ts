/**
 * How long to wait before the next attempt to connect. A connection that had lasted was lost because the monitor
 * restarts, or its VM was busy: it is looked for often, for a while. One that broke at once had a reason that may
 * last (two agents that replace each other): then, as when there never was one, the wait doubles.
 */
import { backoffMs } from '../../../machines/shared/backoff';
import type { SessionTiming } from './timing';

export class Retries {
  #connectedAtMs: number | null = null;
  #quickUntilMs = -Infinity;
  #quickAttempts = 0;
  #attempts = 0;

  constructor(private readonly timing: SessionTiming) {}

  connected(nowMs: number): void {
    this.#connectedAtMs = nowMs;
    this.#quickAttempts = 0;
    this.#attempts = 0;
  }

  /** The connection ended, or never was. @returns ms until the next attempt */
  lost(nowMs: number): number {
    const { quick, lastingMs, firstRetryMs, longestRetryMs } = this.timing;
    if (this.#connectedAtMs !== null) {
      const hasLasted = nowMs - this.#connectedAtMs >= lastingMs;
      this.#quickUntilMs = hasLasted ? nowMs + quick.forMs : -Infinity;
      this.#connectedAtMs = null;
    }
    if (nowMs < this.#quickUntilMs) return backoffMs(quick.firstMs, quick.longestMs, this.#quickAttempts++);
    return backoffMs(firstRetryMs, longestRetryMs, this.#attempts++);
  }
}
