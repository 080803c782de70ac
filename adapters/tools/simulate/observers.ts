/** Observers of runs, put together. */
import type { SimulationObserver } from '../../../machines/simulation/observer';

export const both = (first: SimulationObserver, second: SimulationObserver | null): SimulationObserver =>
  second === null
    ? first
    : {
        resized: (...told) => {
          first.resized(...told);
          second.resized(...told);
        },
        decided: (...told) => {
          first.decided(...told);
          second.decided(...told);
        },
        stepped: (...told) => {
          first.stepped(...told);
          second.stepped(...told);
        },
      };
