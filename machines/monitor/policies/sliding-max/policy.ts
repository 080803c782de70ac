/**
 * The policy `sliding-max`: the recommendation is the window's maximum. When and how often a request is sent is
 * not its business (rule R7).
 */
import { formatBytes, formatCpu, formatMs } from '../../../shared/format';
import type { Recommendation, Observation, Policy } from '../policy';
import { maxOf } from '../window-max';
import { SLIDING_MAX_DEFAULTS, requireSlidingMaxRules, type SlidingMaxRules } from './rules';
import { NO_WINDOWS, SlidingMaxWindows, observeSample } from './windows';

/** Throws RangeError for a value that is not allowed. Keys left out take their default. */
export const createSlidingMaxPolicy = (options: Partial<SlidingMaxRules> = {}): Policy<SlidingMaxWindows> => {
  const rules = { ...SLIDING_MAX_DEFAULTS, ...options };
  requireSlidingMaxRules(rules);
  return {
    name: 'sliding-max',
    longestWindowMs: rules.windowMs,
    initial: NO_WINDOWS,
    step: (state, observed) => {
      const { at, load1, usedBytes } = observed;
      const windows = observeSample(rules, state, { at, load1, usedMemBytes: usedBytes });
      return { state: windows, recommendation: needOf(windows, observed) };
    },
    explain: (recommendation) => explain(rules, recommendation),
    stateCodec: SlidingMaxWindows,
  };
};

/** There is no recommendation for a resource whose reading is missing now. */
const needOf = (windows: SlidingMaxWindows, { load1, usedBytes }: Observation): Recommendation => {
  const parts: Record<string, number> = {};
  if (load1 !== null) parts['loadCores'] = load1;
  if (usedBytes !== null) parts['usedBytes'] = usedBytes;
  return {
    cpu: load1 === null ? null : maxOf(windows.cpu),
    memBytes: usedBytes === null ? null : maxOf(windows.mem),
    parts,
  };
};

/** "highest of the last 60 s: 2.25 vCPU (load 1.8 now), 3 GiB (1.9 GiB in use now)". */
const explain = (rules: SlidingMaxRules, { cpu, memBytes, parts }: Recommendation): string => {
  const { loadCores = 0, usedBytes = 0 } = parts;
  const cpuText = cpu === null ? 'load unknown' : `${formatCpu(cpu)} (load ${Number(loadCores.toFixed(2))} now)`;
  const memText =
    memBytes === null ? 'memory unknown' : `${formatBytes(memBytes)} (${formatBytes(usedBytes)} in use now)`;
  return `highest of the last ${formatMs(rules.windowMs)}: ${cpuText}, ${memText}`;
};
