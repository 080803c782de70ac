/** The statechart's timers on the real clock: one for each id; setting one again replaces it. */
import type { TimerChange } from '../../machines/engine/chart-step';
import type { TimerName } from '../../machines/events/inputs';

export class Timers {
  private readonly running = new Map<string, NodeJS.Timeout>();

  constructor(private readonly elapsed: (name: TimerName) => void) {}

  apply(change: TimerChange): void {
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
