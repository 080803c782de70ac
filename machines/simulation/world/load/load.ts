/**
 * What a load asks of the VM in one step, and what it gets. Fields are changed in place: millions of steps are taken.
 * First every load plans, then memory is allocated and CPU is shared out, then every load is served.
 */

/** The step under way; one object for all steps. */
export interface WorldStep {
  /** End of the step, since the beginning. */
  seconds: number;
  /** Length of the step. */
  dt: number;
  /** When Postgres was started. */
  startedAtSeconds: number;
  /** Postgres takes queries: not while it recovers from an OOM kill. */
  isUp: boolean;
  /** The host takes this share of the time that a task runs. */
  stealShare: number;
  onlineCpus: number;
}

export abstract class Load {
  /** Wanted at the end of the step: memory of processes, and shared memory. */
  anonBytes = 0;
  sharedBytes = 0;
  /** Cores that it could use in this step. */
  wantCores = 0;
  /** Served: cores, and tasks that ran or waited for a CPU, as a mean and at the end of the step. */
  ranCores = 0;
  runnable = 0;
  runnableNow = 0;
  /** Tasks that waited, where the mean of those that ran or waited does not tell. */
  waiting = 0;
  /** Tasks that waited for the disk. */
  blocked = 0;
  /** Operations that were completed, and how long such a one waited for CPU and disk. */
  completed = 0;
  waitMs = 0;
  /** Core-seconds of work that has waited for more than a second. */
  shortCores = 0;

  abstract plan(step: WorldStep): void;
  abstract serve(cores: number, step: WorldStep): void;
  /** The statement that grows fails: a load of statements begins the next one. */
  cancel(): void {
    this.lose();
  }
  /** Postgres was killed: nothing waits any more. */
  abstract lose(): void;
}
