/** The curves of a plot, kept to a bounded number of points: when they are too many, neighbours are merged. */
import type { Size } from '../../../machines/shared/events/size';
import type { SimulationStep } from '../../../machines/simulation/observer';
import { PLOT_MOST_POINTS } from './limits';

/** The most demanded and missing within the point's time, and the size at its end. */
export interface PlotPoint {
  seconds: number;
  cpuCores: number;
  memBytes: number;
  cpuSize: number;
  memSize: number;
  cpuShort: number;
  memShort: number;
}

const merge = (a: PlotPoint, b: PlotPoint): PlotPoint => ({
  seconds: a.seconds,
  cpuCores: Math.max(a.cpuCores, b.cpuCores),
  memBytes: Math.max(a.memBytes, b.memBytes),
  cpuSize: b.cpuSize,
  memSize: b.memSize,
  cpuShort: Math.max(a.cpuShort, b.cpuShort),
  memShort: Math.max(a.memShort, b.memShort),
});

export class PlotPoints {
  all: PlotPoint[] = [];
  private stepsPerPoint = 1;
  /** Steps in the last point. */
  private filled = 0;

  add(seconds: number, step: SimulationStep, size: Size): void {
    const point: PlotPoint = {
      seconds,
      cpuCores: step.demandCores,
      memBytes: step.demandBytes,
      cpuSize: size.cpu,
      memSize: size.mem,
      cpuShort: step.cpuShort,
      memShort: step.memShort,
    };
    const last = this.all.at(-1);
    if (last !== undefined && this.filled < this.stepsPerPoint) {
      this.all[this.all.length - 1] = merge(last, point);
      this.filled += 1;
      return;
    }
    if (this.all.length >= PLOT_MOST_POINTS) this.halve();
    this.all.push(point);
    this.filled = 1;
  }

  private halve(): void {
    this.all = this.all.flatMap((point, i) => {
      if (i % 2 === 1) return [];
      const next = this.all[i + 1];
      return [next === undefined ? point : merge(point, next)];
    });
    this.stepsPerPoint *= 2;
  }
}
