/** The statechart's timers on the real clock: one for each id; setting one again replaces it. */
import type { TimerChange } from '../../../machines/shared/core/core';

export class Timers<Name extends string> {
  private readonly running = new Map<string, NodeJS.Timeout>();

  constructor(private readonly elapsed: (name: Name) => void) {}

  apply(change: TimerChange<Name>): void {
    clearTimeout(this.running.get(change.id));
    this.running.delete(change.id);
    if (change.kind === 'cancel') return;
    const timer = setTimeout(() => {
      this.running.delete(change.id);
      this.elapsed(change.name);
    }, change.delayMs);
    this.running.set(change.id, timer);
  }

  stop(): void {
    for (const timer of this.running.values()) clearTimeout(timer);
    this.running.clear();
  }
}
