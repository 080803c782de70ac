/** Demand, put together to few points: a trace has more seconds than a picture has pixels. */
import type { SimulationStep } from '../../machines/simulation/observer';

/** Demand within one bin of time. */
export interface DemandPoint {
  /** Where the bin begins. */
  readonly seconds: number;
  readonly meanCores: number;
  /** Of its busiest step. */
  readonly mostCores: number;
  readonly meanBytes: number;
}

interface Sums {
  steps: number;
  cores: number;
  mostCores: number;
  bytes: number;
}

/** Collects the steps of a run. A bin without steps (a gap in the recording) is left out. */
export class DemandBins {
  private readonly bins = new Map<number, Sums>();

  /** @param fromSeconds where the first bin begins */
  constructor(
    private readonly fromSeconds: number,
    private readonly binSeconds: number,
  ) {}

  add(seconds: number, { demandCores, demandBytes }: SimulationStep): void {
    const bin = Math.floor((seconds - this.fromSeconds) / this.binSeconds);
    const sums = this.bins.get(bin) ?? { steps: 0, cores: 0, mostCores: 0, bytes: 0 };
    sums.steps += 1;
    sums.cores += demandCores;
    sums.mostCores = Math.max(sums.mostCores, demandCores);
    sums.bytes += demandBytes;
    this.bins.set(bin, sums);
  }

  points(): readonly DemandPoint[] {
    return [...this.bins].map(([bin, { steps, cores, mostCores, bytes }]) => ({
      seconds: this.fromSeconds + bin * this.binSeconds,
      meanCores: cores / steps,
      mostCores,
      meanBytes: bytes / steps,
    }));
  }
}
