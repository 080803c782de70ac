/**
 * One trace against one policy, second by second: demand, serving, and at each sample the policy's request.
 * Deterministic: the same trace, policy and options give the same measures.
 */
import { GIB, SECOND_MS } from '../shared/units';
import { unitsOf } from '../shared/sizing';
import type { Size } from '../shared/events/size';
import type { PolicyUnderTest } from './policy-under-test';
import { memoryInRow } from './demand';
import { noMeasures, type Measures } from './measures';
import { SimulatedController } from './simulated-controller';
import { noiseFor } from './noise';
import { PageCache, workingSetBytes } from './page-cache';
import { NO_OBSERVER, type SimulationObserver } from './observer';
import { fnv1a, mulberry32 } from './random';
import { CpuQueue, KERNEL_BYTES, LoadAverages } from './server';
import { boundsFor, type SimulationOptions } from './setting';
import { isGap, rowSeconds, type Trace } from './trace';
import { Requests } from './requests';

/** Readings since the last sample, added up. */
interface Sums {
  seconds: number;
  runCoreSeconds: number;
  delayCoreSeconds: number;
}

class Run {
  readonly measures: Measures = noMeasures();
  private readonly cpu = new CpuQueue();
  private readonly load = new LoadAverages();
  private readonly cache: PageCache;
  private readonly sums: Sums = { seconds: 0, runCoreSeconds: 0, delayCoreSeconds: 0 };
  private readonly controller: SimulatedController;
  private readonly requests: Requests;
  private readonly factor: () => number;
  private readonly unit: Size;
  private readonly max: Size;
  private units: number;
  private wanted: number;
  /** A grant that took effect and that the policy has yet to see. */
  private unseen: { readonly up: boolean; readonly units: number; readonly askedAt: number } | null = null;
  private noise = 1;
  private demandCores = 0;
  private demandBytes = 0;
  /** Of the present step: units × seconds, and byte-seconds that were missing. */
  private unitSeconds = 0;
  private memShort = 0;

  constructor(
    private readonly trace: Trace,
    policy: PolicyUnderTest,
    private readonly options: SimulationOptions,
    private readonly observer: SimulationObserver,
  ) {
    const { rules, max, initialUnits } = boundsFor(trace, options);
    this.unit = options.unit;
    this.max = max;
    this.units = initialUnits;
    this.cache = new PageCache(workingSetBytes(trace));
    this.wanted = initialUnits;
    this.controller = new SimulatedController(policy.policyFor(trace, rules), rules, policy.holdsBack);
    // Its own stream of numbers: what is lost does not change the noise.
    this.requests = new Requests(options.grants, mulberry32(fnv1a(`${trace.name}#${options.noise.seed}#wishes`)));
    this.factor = noiseFor(trace, options.noise);
    observer.resized(trace.seconds[0] ?? 0, this.size);
  }

  all(): void {
    for (let row = 0; row + 1 < this.trace.seconds.length; row += 1) {
      if (isGap(this.trace, row)) this.forget();
      else this.row(row);
    }
  }

  private get size(): Size {
    return unitsOf(this.unit, this.units, this.units);
  }

  private forget(): void {
    this.controller.forget();
    this.load.forget();
    this.sums.seconds = 0;
    this.sums.runCoreSeconds = 0;
    this.sums.delayCoreSeconds = 0;
  }

  private row(row: number): void {
    const begin = this.trace.seconds[row] ?? 0;
    const duration = rowSeconds(this.trace, row);
    const stepsPerSecond = Math.max(1, Math.round(SECOND_MS / this.options.beatMs));
    const steps = Math.ceil(duration * stepsPerSecond);
    for (let step = 0; step < steps; step += 1) {
      if (step % stepsPerSecond === 0) this.noise = this.factor();
      const from = step / stepsPerSecond;
      const to = Math.min(duration, (step + 1) / stepsPerSecond);
      this.demandCores = Math.min(this.max.cpu, (this.trace.cpuCores[row] ?? 0) * this.noise);
      this.demandBytes = Math.min(this.max.mem - KERNEL_BYTES, memoryInRow(this.trace, row, to));
      this.step(begin + from, begin + to);
    }
  }

  private step(from: number, to: number): void {
    const seconds = to - from;
    const before = this.units;
    this.allocate(from, to);
    this.cpu.serve(this.demandCores, this.unitSeconds * this.unit.cpu, seconds);
    this.load.observe(to, this.cpu.runCores + this.cpu.delayCores);
    this.cache.step(this.units * this.unit.mem, this.demandBytes, this.units < before, seconds);
    this.measure(seconds);
    this.observer.stepped(from, {
      demandCores: this.demandCores,
      demandBytes: this.demandBytes,
      cpuShort: this.cpu.short,
      memShort: this.memShort,
    });
    this.sums.seconds += seconds;
    this.sums.runCoreSeconds += this.cpu.runCores * seconds;
    this.sums.delayCoreSeconds += this.cpu.delayCores * seconds;
    if (this.sums.seconds * SECOND_MS >= this.options.beatMs - 0.5) this.sample(to);
  }

  /** The size over the step: a grant that is due within it takes effect at its instant. */
  private allocate(from: number, to: number): void {
    this.unitSeconds = 0;
    this.memShort = 0;
    let at = from;
    if (this.requests.dueAt < to * SECOND_MS) {
      const due = Math.max(from, this.requests.dueAt / SECOND_MS);
      this.hold(due - from);
      this.grant(due);
      at = due;
    }
    this.hold(to - at);
  }

  private hold(seconds: number): void {
    this.unitSeconds += this.units * seconds;
    this.memShort += Math.max(0, this.demandBytes + KERNEL_BYTES - this.units * this.unit.mem) * seconds;
  }

  private grant(seconds: number): void {
    const { up, units, askedAt } = this.requests.take();
    this.unseen = { up, units: Math.abs(units - this.units), askedAt };
    this.units = units;
    this.measures.resizes += 1;
    this.observer.resized(seconds, this.size);
  }

  private measure(seconds: number): void {
    const { measures } = this;
    measures.durationSeconds += seconds;
    if (this.cpu.short > 0) measures.cpuShortSeconds += seconds;
    measures.cpuShortCoreSeconds += this.cpu.short;
    if (this.memShort > 0) measures.memShortSeconds += seconds;
    measures.memShortGibSeconds += this.memShort / GIB;
    measures.usedCoreSeconds += this.demandCores * seconds;
    measures.allocatedCoreSeconds += this.unitSeconds * this.unit.cpu;
    measures.usedGibSeconds += (this.demandBytes / GIB) * seconds;
    measures.allocatedGibSeconds += (this.unitSeconds * this.unit.mem) / GIB;
    measures.cacheGibSeconds += this.cache.roomGibSeconds;
    measures.cacheMissSeconds += this.cache.missSeconds;
    measures.cacheRefilledGib += this.cache.refilledGib;
  }

  /** A sample of the policy: it sees what a monitor would see, and requests a size. */
  private sample(seconds: number): void {
    const at = Math.round(seconds * SECOND_MS);
    if (this.unseen !== null) this.controller.learn(this.unseen.up, this.unseen.units, at - this.unseen.askedAt);
    this.unseen = null;
    const { sums: sample, load } = this;
    const usedBytes = Math.min(this.demandBytes, this.units * this.unit.mem - KERNEL_BYTES);
    const wanted = this.controller.request(
      {
        at,
        elapsedMs: Math.round(sample.seconds * SECOND_MS),
        load1: load.load1,
        load5: load.load5,
        runCores: sample.runCoreSeconds / sample.seconds,
        waitingTasks: sample.delayCoreSeconds / sample.seconds,
        usedBytes,
        neededBytes: usedBytes,
      },
      this.units,
    );
    sample.seconds = 0;
    sample.runCoreSeconds = 0;
    sample.delayCoreSeconds = 0;
    this.requests.request(at, wanted, this.units);
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    this.observer.decided(seconds, unitsOf(this.unit, wanted, wanted), () => this.controller.reason());
  }
}

/** Throws RangeError when the options' bounds contradict each other. */
export const simulate = (
  trace: Trace,
  policy: PolicyUnderTest,
  options: SimulationOptions,
  observer: SimulationObserver = NO_OBSERVER,
): Measures => {
  const run = new Run(trace, policy, options, observer);
  run.all();
  return run.measures;
};
