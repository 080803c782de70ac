/** One sentence of reason, made of the decision's parts. */
import { formatBytes, formatCpu, formatMs } from '../../../shared/format';
import type { Recommendation } from '../policy';

/** A phrase for a part that plays a role; nothing for one that does not. */
const phrase = (value: number | undefined, words: (value: number) => string): string =>
  value === undefined || value <= 0 ? '' : words(value);

/** The first that made the size larger than the need of now; nothing when none did. */
const because = (reasons: readonly (readonly [made: boolean, words: string])[]): string =>
  reasons.find(([made]) => made)?.[1] ?? '';

const percent = (fraction: number): string => `${(100 * fraction).toFixed(fraction < 0.1 ? 1 : 0)} %`;

const kept = (least: string): string => ` kept (${least} would do, but saves less than a resize costs)`;

const explainMemory = ({ memBytes, parts }: Recommendation): string => {
  const { neededBytes, growthBytesPerS, grantUpMs = 0, forecastBytes = 0, retainedBytes = 0, leastBytes = 0 } = parts;
  const { cacheFloorBytes = 0, cacheStallFraction = 0 } = parts;
  if (memBytes === null || neededBytes === undefined) return 'memory: not readable';
  const growth = phrase(
    growthBytesPerS,
    (speed) => `, growing ${formatBytes(speed)}/s, a grant takes ${formatMs(grantUpMs)}`,
  );
  const room = phrase(parts['standingRoomBytes'], (bytes) => ` + ${formatBytes(bytes)} for rises as seen before`);
  const cache = phrase(parts['workingCacheBytes'], (bytes) => ` + ${formatBytes(bytes)} of file cache in use`);
  const why = because([
    [
      cacheFloorBytes > Math.max(retainedBytes, forecastBytes),
      ` for the page cache (work waits for it ${percent(cacheStallFraction)} of its time)`,
    ],
    [forecastBytes > retainedBytes, ' foreseen'],
    [retainedBytes > leastBytes, kept(formatBytes(leastBytes))],
  ]);
  return `memory: ${formatBytes(neededBytes)} in use${growth}${room}${cache} → ${formatBytes(memBytes)}${why}`;
};

/** Fewer than a tenth of a task are nobody. */
const waitingText = ({ waitingTasks = 0 }: Recommendation['parts']): string =>
  phrase(Math.round(10 * waitingTasks), (tenths) => {
    const tasks = tenths / 10;
    return `, ${tasks} ${tasks === 1 ? 'task' : 'tasks'} waiting`;
  });

const explainCpu = ({ cpu, parts }: Recommendation): string => {
  const {
    levelCores,
    catchUpCores = 0,
    hiddenCores = 0,
    crowdedFraction = 0,
    retainedCores = 0,
    leastCores = 0,
  } = parts;
  if (cpu === null || levelCores === undefined) return 'CPU: not readable';
  const deviation = phrase(parts['deviationCores'], (cores) => ` ± ${formatCpu(cores)}`);
  const why = because([
    [catchUpCores > retainedCores, ' to catch up'],
    [hiddenCores > 0 && hiddenCores >= leastCores, ' to find out what waits'],
    [retainedCores > leastCores, kept(formatCpu(leastCores))],
    [
      crowdedFraction > 0,
      ` so that tasks do not wait for each other (some do ${percent(crowdedFraction)} of the time)`,
    ],
  ]);
  return `CPU: ${formatCpu(levelCores)} wanted${deviation}${waitingText(parts)} → ${formatCpu(cpu)}${why}`;
};

/** "memory: 1.9 GiB in use, growing 300 MiB/s, a grant takes 1.4 s → 3 GiB foreseen; CPU: …". */
export const explainHeadroom = (recommendation: Recommendation): string =>
  `${explainMemory(recommendation)}; ${explainCpu(recommendation)}`;
