/** CPUs of a VM: who runs, who waits, what the host takes, and what of it the kernel shows. */
import { LoadAverages } from '../server';
import type { Load, WorldStep } from './load/load';

/** A task runs for about this long before another has its turn (sched_base_slice_ns is 0.7–3 ms by CPUs; 3 ms of CFS). */
const TIMESLICE_MS = 3;

export interface CpuRules {
  readonly stealShare: number;
  readonly quotaShare: number;
  readonly showsSteal: boolean;
}

export class VmCpus {
  readonly load = new LoadAverages();
  /** Counters since the beginning, in ms, and of µs in which some task waited. */
  busyMs = 0;
  stealMs = 0;
  runDelayMs = 0;
  timeslices = 0;
  someWaitedUs = 0;
  /** At the end of the last step. */
  running = 0;
  waiting = 0;
  runnableNow = 0;
  /** Core-seconds that ran, and that were there to be used. */
  ranCoreSeconds = 0;

  constructor(
    private readonly rules: CpuRules,
    public vcpus: number,
  ) {}

  get online(): number {
    return Math.max(1, Math.ceil(this.vcpus));
  }

  /** Shares the CPUs out to the loads by what they want, as a fair scheduler does among as many tasks. */
  serve(loads: readonly Load[], step: WorldStep): void {
    let [wanted, ran, runnable, now, blocked, waiting] = [0, 0, 0, 0, 0, 0];
    step.onlineCpus = this.online;
    for (const load of loads) wanted += load.wantCores;
    const capacity = this.vcpus * Math.min(this.rules.quotaShare, 1 - this.rules.stealShare);
    const share = wanted > capacity ? capacity / wanted : 1;
    for (const load of loads) {
      // What the others leave is there too: a want is the most that it could use.
      load.serve(loads.length === 1 ? capacity : load.wantCores * share, step);
      ran += load.ranCores;
      runnable += load.runnable;
      now += load.runnableNow;
      blocked += load.blocked;
      waiting += load.waiting;
    }
    this.account(ran, runnable, waiting, step);
    this.runnableNow = now;
    this.load.observe(step.seconds, runnable + blocked);
  }

  private account(ran: number, runnable: number, waiting: number, { dt }: WorldStep): void {
    const ms = dt * 1000;
    // Within a step tasks may have waited although there were CPUs enough in the mean.
    const running = Math.max(ran, Math.min(runnable - waiting, this.online));
    this.running = running;
    this.waiting = Math.max(0, runnable - running);
    this.busyMs += (this.rules.showsSteal ? ran : running) * ms;
    this.stealMs += this.rules.showsSteal ? (running - ran) * ms : 0;
    this.runDelayMs += this.waiting * ms;
    this.timeslices += (running * ms) / TIMESLICE_MS;
    this.someWaitedUs += Math.min(1, this.waiting) * ms * 1000;
    this.ranCoreSeconds += ran * dt;
  }
}
