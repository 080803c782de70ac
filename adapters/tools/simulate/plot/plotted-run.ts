/** Gathers what a plot shows of one run. */
import type { Size } from '../../../../machines/shared/events/size';
import type { SimulationObserver } from '../../../../machines/simulation/observer';
import { PlottedPoints, type PlottedPoint } from './plotted-points';

/** Decisions of a run that a plot can show the reason of; later ones are left out, and the page says so. */
const PLOT_MOST_DECISIONS = 50_000;

/** The size from `seconds` on. */
export interface SizeFrom extends Size {
  readonly seconds: number;
}

/** What the policy desired from `seconds` on. */
export interface PlottedDecision extends SizeFrom {
  readonly reason: string;
}

/** How much of a run a plot can show. */
export interface PlotBounds {
  readonly mostPoints: number;
  readonly mostSizes: number;
}

export interface PlottedRun {
  readonly points: readonly PlottedPoint[];
  readonly stepsPerPoint: number;
  /** Each granted size, beginning with the initial one; null: there are more than a plot can show. */
  readonly sizes: readonly SizeFrom[] | null;
  /** The first ones, where there are many. */
  readonly decisions: readonly PlottedDecision[];
  /** How many there were. */
  readonly decided: number;
}

export interface RunRecorder {
  readonly observer: SimulationObserver;
  /** Once the run has ended. */
  readonly recorded: () => PlottedRun;
}

export const recordRun = ({ mostPoints, mostSizes }: PlotBounds): RunRecorder => {
  const points = new PlottedPoints(mostPoints);
  const sizes: SizeFrom[] = [];
  const decisions: PlottedDecision[] = [];
  let decided = 0;
  let size: Size = { cpu: 0, mem: 0 };
  return {
    observer: {
      resized: (seconds, now) => {
        size = now;
        if (sizes.length <= mostSizes) sizes.push({ seconds, ...now });
      },
      decided: (seconds, desired, reason) => {
        decided += 1;
        if (decisions.length < PLOT_MOST_DECISIONS) decisions.push({ seconds, ...desired, reason: reason() });
      },
      stepped: (seconds, step) => {
        points.add(seconds, step, size);
      },
    },
    recorded: () => ({
      points: points.all,
      stepsPerPoint: points.stepsPerPoint,
      sizes: sizes.length > mostSizes ? null : sizes,
      decisions,
      decided,
    }),
  };
};
