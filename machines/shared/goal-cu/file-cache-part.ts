/** What the file cache's working set asks for: one of the three parts of the goal. */
import type { GoalCuConfig } from './config';
import { estimateTrueWorkingSetSize, projectNextHighest } from './working-set';

/** Postgres' page. */
const PAGE_BYTES = 8192;

/** Fixed in the agent: growth ends a plateau when it is more than this many times the growth before. */
const MAX_ALLOWED_INCREASE_FACTOR = 3;

/** Fixed in the agent: half a minute of growth is added, about the time until the next look. */
const PROJECT_MINUTES = 0.5;

export interface FileCachePart {
  /** Compute units, a fraction. */
  readonly goalCU: number;
  /** The expected working set; null when the series is too short for one. */
  readonly workingSetBytes: number | null;
}

/**
 * `series`: working-set size in pages for windows of 1, 2, … n minutes. A series too short for the
 * config asks for 0. Throws RangeError when the series falls so early that fewer than two values
 * remain to project; that takes lfcMinWaitBeforeDownscaleMinutes < 3.
 */
export const fileCachePart = (config: GoalCuConfig, unitBytes: number, series: readonly number[]): FileCachePart => {
  const offset = config.lfcMinWaitBeforeDownscaleMinutes - 1;
  if (series.length < offset + config.lfcWindowSizeMinutes) return { goalCU: 0, workingSetBytes: null };

  const projected = projectNextHighest(upTo(series, offset, estimate(config, series, offset)), PROJECT_MINUTES);
  return {
    goalCU: (projected * PAGE_BYTES) / config.lfcToMemoryRatio / unitBytes,
    workingSetBytes: Math.trunc(projected * PAGE_BYTES),
  };
};

const estimate = (config: GoalCuConfig, series: readonly number[], offset: number): number =>
  config.lfcUseLargestWindow
    ? (series[series.length - 1] ?? 0)
    : estimateTrueWorkingSetSize(series, {
        maxAllowedIncreaseFactor: MAX_ALLOWED_INCREASE_FACTOR,
        initialOffset: offset,
        windowSize: config.lfcWindowSizeMinutes,
      });

/** The values before the first one at or after `offset` that exceeds the estimate. */
const upTo = (series: readonly number[], offset: number, estimated: number): readonly number[] => {
  const end = series.findIndex((value, at) => at >= offset && value > estimated);
  return end < 0 ? series : series.slice(0, end);
};
