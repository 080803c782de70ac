/**
 * M/M/c: requests come at random and take a random time each. The number in the system is a birth-and-death chain
 * (Kleinrock, Queueing Systems, vol. 1, 1975, section 3.5), drawn event by event: what runs and what waits is exact.
 */
import type { LoadOf } from './specs';
import { Load, type WorldStep } from './load';

export class RandomServiceLoad extends Load {
  private inSystem = 0;
  private readonly arrivalsPerSecond: number;
  private readonly serviceSeconds: number;

  constructor(
    { cores, serviceMs }: LoadOf<'randomService'>,
    private readonly random: () => number,
  ) {
    super();
    this.serviceSeconds = serviceMs / 1000;
    this.arrivalsPerSecond = cores / this.serviceSeconds;
  }

  override plan({ isUp }: WorldStep): void {
    // So much may be needed within the step: all that is there at once, and one that comes.
    this.wantCores = isUp ? this.inSystem + 1 + this.arrivalsPerSecond * this.serviceSeconds : 0;
  }

  override serve(cores: number, { dt, isUp, stealShare, onlineCpus }: WorldStep): void {
    this.completed = 0;
    let [left, busy, present, waiting] = [dt, 0, 0, 0];
    while (left > 0) {
      const ran = Math.min(this.inSystem, cores);
      const rate = (isUp ? this.arrivalsPerSecond : 0) + ran / this.serviceSeconds;
      const until = rate > 0 ? Math.min(left, -Math.log(1 - this.random()) / rate) : left;
      busy += ran * until;
      present += this.inSystem * until;
      waiting += Math.max(0, this.inSystem - onlineCpus) * until;
      left -= until;
      if (left > 0) this.event(ran / this.serviceSeconds / rate);
    }
    this.ranCores = busy / dt;
    // A task whose time is stolen stays for longer.
    this.runnable = present / dt + (this.ranCores * stealShare) / (1 - stealShare);
    this.runnableNow = this.inSystem;
    this.waiting = waiting / dt;
    this.waitMs = this.completed === 0 ? 0 : ((present - busy) / this.completed) * 1000;
    this.shortCores = Math.max(0, this.inSystem * this.serviceSeconds - cores);
  }

  override lose(): void {
    this.inSystem = 0;
  }

  private event(departureShare: number): void {
    if (this.random() < departureShare) {
      this.inSystem -= 1;
      this.completed += 1;
    } else this.inSystem += 1;
  }
}
