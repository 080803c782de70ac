/** The policy `goal-cu`: sizes as neondatabase/autoscaling's agent does. */
import * as t from 'io-ts';
import { POSITIVE, integerFrom, requireAllowed, requireFields } from '../../../shared/check';
import type { Size } from '../../../shared/events/size';
import { unitsOf } from '../../../shared/sizing';
import { MINUTE_MS } from '../../../shared/units';
import type { Recommendation, Observation, Policy } from '../policy';
import { completeGoalCuConfig, type GoalCuConfig } from '../../../shared/goal-cu/config';
import { explainGoalCu, goalCuParts } from './explain';
import {
  goalOf,
  USAGE_RESERVE_BYTES,
  type FileCacheMetrics,
  type SystemMetrics,
} from '../../../shared/goal-cu/formula';

/** The formula remembers nothing: always {}. */
export const GoalCuState = t.record(t.string, t.undefined);
export type GoalCuState = t.TypeOf<typeof GoalCuState>;

export interface GoalCuOptions {
  readonly computeUnit: Size;
  /** Keys left out take their default. */
  readonly config?: Partial<GoalCuConfig>;
}

/**
 * With a shorter wait a working-set series that falls can leave the projection fewer than two
 * values, and the formula throws. A policy must not: its metrics come from outside.
 */
const SHORTEST_WAIT_MINUTES = 3;

const UNKNOWN: Recommendation = { cpu: null, memBytes: null, parts: {} };

/** Throws RangeError for a unit or a config value that is not allowed. */
export const createGoalCuPolicy = (options: GoalCuOptions): Policy<GoalCuState> => {
  requireFields('computeUnit', options.computeUnit, { cpu: POSITIVE, mem: POSITIVE });
  const config = completeGoalCuConfig(options.config ?? {});
  const wait = config.lfcMinWaitBeforeDownscaleMinutes;
  requireAllowed('config.lfcMinWaitBeforeDownscaleMinutes', wait, integerFrom(SHORTEST_WAIT_MINUTES));
  const unit = { vcpu: options.computeUnit.cpu, memBytes: options.computeUnit.mem };

  const needOf = (observed: Observation): Recommendation => {
    const system = systemMetrics(observed);
    if (system === null) return UNKNOWN;
    const result = goalOf(config, unit, { system, lfc: fileCacheMetrics(observed) });
    const goal = unitsOf(options.computeUnit, result.goalCU, result.goalCU);
    const size = result.hasAllMetrics ? goal : notBelow(goal, observed.granted);
    return { cpu: size.cpu, memBytes: size.mem, parts: goalCuParts(result, system) };
  };

  return {
    name: 'goal-cu',
    // The formula has no window of its own; by rule R12 a fresh start still looks for a minute before it shrinks.
    longestWindowMs: MINUTE_MS,
    initial: {},
    step: (state, observed) => ({ state, recommendation: needOf(observed) }),
    explain: (recommendation) => explainGoalCu(options.computeUnit, recommendation),
    stateCodec: GoalCuState,
  };
};

const systemMetrics = ({ load1, load5, usedBytes, cachedBytes }: Observation): SystemMetrics | null =>
  load1 === null || load5 === null || usedBytes === null || cachedBytes === null
    ? null
    : {
        loadAverage1Min: load1,
        loadAverage5Min: load5,
        memoryUsageBytes: usedBytes + USAGE_RESERVE_BYTES,
        memoryCachedBytes: cachedBytes,
      };

/** What was read counts. The agent enables it to fetch it; here it only says that it is awaited. */
const fileCacheMetrics = ({ workingSetPages }: Observation): FileCacheMetrics | null =>
  workingSetPages === null ? null : { approximateWorkingSetSizeBuckets: workingSetPages };

/** As in the agent: while metrics are missing the goal may raise the size, not lower it. */
const notBelow = (goal: Size, held: Size): Size => ({
  cpu: Math.max(goal.cpu, held.cpu),
  mem: Math.max(goal.mem, held.mem),
});
