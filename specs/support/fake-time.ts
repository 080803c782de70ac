/** Time that passes only when told: tasks run in order of their instant, then of their making. */
interface Task {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** More tasks than this in one stretch: something feeds itself without time passing. */
const MAX_TASKS = 100_000;

export class FakeTime {
  now = 0;
  private made = 0;
  private tasks: Task[] = [];

  /** Runs the task after `delayMs`; the result cancels it. */
  after(delayMs: number, run: () => void): () => void {
    const task = { at: this.now + delayMs, order: this.made, run };
    this.made += 1;
    this.tasks.push(task);
    return () => {
      this.tasks = this.tasks.filter((other) => other !== task);
    };
  }

  advance(ms: number): void {
    const until = this.now + ms;
    for (let count = 0; count < MAX_TASKS; count += 1) {
      const next = this.earliest(until);
      if (next === undefined) {
        this.now = until;
        return;
      }
      this.tasks = this.tasks.filter((task) => task !== next);
      this.now = next.at;
      next.run();
    }
    throw new Error(`more than ${MAX_TASKS} tasks within ${ms} ms`);
  }

  private earliest(until: number): Task | undefined {
    return this.tasks
      .filter(({ at }) => at <= until)
      .sort((a, b) => a.at - b.at || a.order - b.order)
      .at(0);
  }
}
