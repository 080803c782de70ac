/** Demand, shortage and size of a run, kept to a bounded number of points: when they are too many, neighbours are merged. */
import type { Size } from '../../../../machines/shared/events/size';
import type { SimulationStep } from '../../../../machines/simulation/observer';

/** Of the steps that were merged into it. */
export interface PlottedPoint {
  /** Where the first one begins. */
  readonly seconds: number;
  readonly steps: number;
  readonly meanCores: number;
  readonly mostCores: number;
  readonly meanBytes: number;
  readonly mostBytes: number;
  /** Of the worst step: core-seconds and byte-seconds. */
  readonly cpuShort: number;
  readonly memShort: number;
  /** At the end. */
  readonly size: Size;
}

const mean = (a: PlottedPoint, b: PlottedPoint, key: 'meanCores' | 'meanBytes'): number =>
  (a[key] * a.steps + b[key] * b.steps) / (a.steps + b.steps);

const merge = (a: PlottedPoint, b: PlottedPoint): PlottedPoint => ({
  seconds: a.seconds,
  steps: a.steps + b.steps,
  meanCores: mean(a, b, 'meanCores'),
  mostCores: Math.max(a.mostCores, b.mostCores),
  meanBytes: mean(a, b, 'meanBytes'),
  mostBytes: Math.max(a.mostBytes, b.mostBytes),
  cpuShort: Math.max(a.cpuShort, b.cpuShort),
  memShort: Math.max(a.memShort, b.memShort),
  size: b.size,
});

const pointOf = (seconds: number, step: SimulationStep, size: Size): PlottedPoint => ({
  seconds,
  steps: 1,
  meanCores: step.demandCores,
  mostCores: step.demandCores,
  meanBytes: step.demandBytes,
  mostBytes: step.demandBytes,
  cpuShort: step.cpuShort,
  memShort: step.memShort,
  size,
});

export class PlottedPoints {
  private points: PlottedPoint[] = [];
  private most = 1;

  /** @param mostPoints even, so that merged neighbours leave no half one */
  constructor(private readonly mostPoints: number) {}

  get all(): readonly PlottedPoint[] {
    return this.points;
  }

  /** All points but the last are of so many steps. */
  get stepsPerPoint(): number {
    return this.most;
  }

  add(seconds: number, step: SimulationStep, size: Size): void {
    const point = pointOf(seconds, step, size);
    const last = this.points.at(-1);
    if (last !== undefined && last.steps < this.most) {
      this.points[this.points.length - 1] = merge(last, point);
      return;
    }
    if (this.points.length >= this.mostPoints) this.halve();
    this.points.push(point);
  }

  private halve(): void {
    this.points = this.points.flatMap((point, i) => {
      if (i % 2 === 1) return [];
      const next = this.points[i + 1];
      return [next === undefined ? point : merge(point, next)];
    });
    this.most *= 2;
  }
}
