/** The simulated VM at work: a queue for CPU, load averages as the kernel keeps them, memory that is not the workload's. */
import { MIB } from '../shared/units';

/** What the kernel and the VM's services take of the memory. */
export const KERNEL_BYTES = 100 * MIB;

/** Nobody waits longer than this: clients give up, so the queue holds at most so many seconds of demand. */
const LONGEST_QUEUE_SECONDS = 10;

/** Serves CPU demand; what cannot be served waits. */
export class CpuQueue {
  /** Core-seconds that wait. */
  backlog = 0;
  /** Cores kept busy and cores' worth of work that waited, in the last step. */
  runCores = 0;
  delayCores = 0;
  /** Core-seconds in the last step of work that has waited longer than about a second. */
  short = 0;

  /** `demandCores` for `seconds` (at most 1), with a capacity of so many core-seconds. */
  serve(demandCores: number, capacity: number, seconds: number): void {
    const served = Math.min(demandCores * seconds + this.backlog, capacity);
    const left = demandCores * seconds + this.backlog - served;
    this.runCores = served / seconds;
    this.delayCores = Math.max(0, demandCores + this.backlog - this.runCores);
    this.backlog = Math.min(LONGEST_QUEUE_SECONDS * demandCores, left);
    this.short = Math.max(0, this.backlog - demandCores) * seconds;
  }
}

/** The kernel's fixed-point factors over 2048 for 5 s of the averages of 1 and 5 minutes: EXP_1 and EXP_5 of linux/sched/loadavg.h. */
const KEEP_1_MIN = 1884 / 2048;
const KEEP_5_MIN = 2014 / 2048;
/** LOAD_FREQ. */
const LOAD_PERIOD_SECONDS = 5;

const nextLoadAt = (seconds: number): number => (Math.floor(seconds / LOAD_PERIOD_SECONDS) + 1) * LOAD_PERIOD_SECONDS;

/** Load averages of the tasks that run or wait. They begin with the first load: the VM did not just boot. */
export class LoadAverages {
  load1 = 0;
  load5 = 0;
  private dueAt = 0;
  private begun = false;

  forget(): void {
    this.begun = false;
  }

  /** `tasks` wanted to run in the step that ended at `seconds`. */
  observe(seconds: number, tasks: number): void {
    if (!this.begun) {
      this.begun = true;
      this.load1 = tasks;
      this.load5 = tasks;
      this.dueAt = Math.ceil(seconds / LOAD_PERIOD_SECONDS) * LOAD_PERIOD_SECONDS;
    }
    if (seconds < this.dueAt) return;
    this.load1 = KEEP_1_MIN * this.load1 + (1 - KEEP_1_MIN) * tasks;
    this.load5 = KEEP_5_MIN * this.load5 + (1 - KEEP_5_MIN) * tasks;
    this.dueAt = nextLoadAt(seconds);
  }
}
