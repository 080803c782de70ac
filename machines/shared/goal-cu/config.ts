/**
 * Configuration of the goal formula. Source of keys and defaults: neondatabase/autoscaling,
 * autoscaler-agent/config_map.yaml (scaling.defaultConfig). The agent there does not check them;
 * here a value by which the formula would divide by zero or leave its series is refused.
 */
import { BOOLEAN, NOT_NEGATIVE, POSITIVE, integerFrom, requireAllowed, requireFields, type Allowed } from '../check';

export interface GoalCuConfig {
  /** Load average per vCPU that is aimed at; > 0. */
  readonly loadAverageFractionTarget: number;
  /** Share of memory in use, without page cache, that is aimed at; > 0. */
  readonly memoryUsageFractionTarget: number;
  /** Share of memory that use and the cached part of the working set may fill together; > 0. */
  readonly memoryTotalFractionTarget: number;
  /** File cache metrics are awaited: without them not all metrics are there. */
  readonly enableLFCMetrics: boolean;
  /** Takes the working set of the largest window instead of looking for the plateau. */
  readonly lfcUseLargestWindow: boolean;
  /** The file cache's share of memory; > 0. */
  readonly lfcToMemoryRatio: number;
  /** Window in which growth of the working set is compared; an integer >= 2 (>= 1 with the largest window). */
  readonly lfcWindowSizeMinutes: number;
  /** Shortest time a working set counts; an integer >= lfcWindowSizeMinutes (>= 1 with the largest window). */
  readonly lfcMinWaitBeforeDownscaleMinutes: number;
  /** |load1 - load5| up to this share of load5 is calm: load5 counts; >= 0. */
  readonly cpuStableZoneRatio: number;
  /** Above the calm zone, the share of load5 over which load1 takes over; >= 0. */
  readonly cpuMixedZoneRatio: number;
}

export const GOAL_CU_DEFAULTS: GoalCuConfig = {
  loadAverageFractionTarget: 0.9,
  memoryUsageFractionTarget: 0.75,
  memoryTotalFractionTarget: 0.9,
  enableLFCMetrics: false,
  lfcUseLargestWindow: false,
  lfcToMemoryRatio: 0.75,
  lfcWindowSizeMinutes: 5,
  lfcMinWaitBeforeDownscaleMinutes: 5,
  cpuStableZoneRatio: 0,
  cpuMixedZoneRatio: 0,
};

const ALLOWED: Readonly<Record<keyof GoalCuConfig, Allowed>> = {
  loadAverageFractionTarget: POSITIVE,
  memoryUsageFractionTarget: POSITIVE,
  memoryTotalFractionTarget: POSITIVE,
  enableLFCMetrics: BOOLEAN,
  lfcUseLargestWindow: BOOLEAN,
  lfcToMemoryRatio: POSITIVE,
  lfcWindowSizeMinutes: integerFrom(1),
  lfcMinWaitBeforeDownscaleMinutes: integerFrom(1),
  cpuStableZoneRatio: NOT_NEGATIVE,
  cpuMixedZoneRatio: NOT_NEGATIVE,
};

/** The config with defaults for the keys it leaves out. Throws RangeError for a value that is not allowed. */
export const completeGoalCuConfig = (overrides: Partial<GoalCuConfig>): GoalCuConfig => {
  const config = { ...GOAL_CU_DEFAULTS, ...overrides };
  requireFields('config', config, ALLOWED);
  if (!config.lfcUseLargestWindow) {
    // The plateau is looked for from minWait - 1 on and needs a whole window before that.
    const { lfcWindowSizeMinutes, lfcMinWaitBeforeDownscaleMinutes } = config;
    requireAllowed('config.lfcWindowSizeMinutes', lfcWindowSizeMinutes, integerFrom(2));
    requireAllowed(
      'config.lfcMinWaitBeforeDownscaleMinutes',
      lfcMinWaitBeforeDownscaleMinutes,
      integerFrom(lfcWindowSizeMinutes),
    );
  }
  return config;
};
