/** Gathers a run for its plot. */
import type { Size } from '../../../machines/shared/events/size';
import type { SimulationObserver } from '../../../machines/simulation/observer';
import { PLOT_MOST_DECISIONS } from './limits';
import { plotPage, type PlotDecision } from './plot-page';
import { PlotPoints } from './plot-points';
import { traceName } from './read-trace';
import type { Job } from './run';

export interface PlotFile {
  readonly observer: SimulationObserver;
  /** The page, standing alone. */
  readonly text: () => string;
}

export const plotFile = ({ path, policy }: Job): PlotFile => {
  const points = new PlotPoints();
  const decisions: PlotDecision[] = [];
  let decided = 0;
  let size: Size = { cpu: 0, mem: 0 };
  return {
    observer: {
      resized: (_seconds, now) => {
        size = now;
      },
      decided: (seconds, wanted, reason) => {
        decided += 1;
        if (decisions.length < PLOT_MOST_DECISIONS) decisions.push({ seconds, ...wanted, reason: reason() });
      },
      stepped: (seconds, step) => {
        points.add(seconds, step, size);
      },
    },
    text: () => plotPage({ title: `${traceName(path)}, ${policy}`, points: points.all, decisions, decided }),
  };
};
