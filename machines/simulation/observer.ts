/** What a run reports while it goes on: for size files and plots. Times are seconds of the trace. */
import type { Size } from '../shared/events/size';

export interface SimulationObserver {
  /** The size from here on; first at the begin of the trace. */
  readonly resized: (seconds: number, size: Size) => void;
  /** The policy requests another size than before. `reason` is made when it is called. */
  readonly decided: (seconds: number, wanted: Size, reason: () => string) => void;
  /** After each step. Shortages are core-seconds and byte-seconds of the step. */
  readonly stepped: (seconds: number, step: SimulationStep) => void;
}

export interface SimulationStep {
  readonly demandCores: number;
  readonly demandBytes: number;
  readonly cpuShort: number;
  readonly memShort: number;
}

const nothing = (): void => undefined;

export const NO_OBSERVER: SimulationObserver = { resized: nothing, decided: nothing, stepped: nothing };
