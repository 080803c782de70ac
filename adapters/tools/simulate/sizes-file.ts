/** The sizes of a run as CSV: each change of the granted size, beginning with the initial one. */
import type { SimulationObserver } from '../../../machines/simulation/observer';
import { NO_OBSERVER } from '../../../machines/simulation/observer';

const HEADER = 't_seconds,cpu,mem_bytes\n';

export interface SizesFile {
  readonly observer: SimulationObserver;
  readonly text: () => string;
}

export const sizesFile = (): SizesFile => {
  const lines: string[] = [];
  return {
    observer: {
      ...NO_OBSERVER,
      resized: (seconds, { cpu, mem }) => void lines.push(`${seconds},${cpu},${mem}\n`),
    },
    text: () => HEADER + lines.join(''),
  };
};
