/** One sentence of reason, made of the decision's parts. */
import { formatBytes, formatCpu, formatMs } from '../../../shared/format';
import type { Recommendation } from '../policy';

/** A phrase for a part that plays a role; nothing for one that does not. */
const phrase = (value: number | undefined, words: (value: number) => string): string =>
  value === undefined || value <= 0 ? '' : words(value);

/** What else than the need now made the size. */
const because = (isAhead: boolean, ahead: string, held: number, least: number, format: (value: number) => string) => {
  if (isAhead) return ` ${ahead}`;
  return held > least ? ` kept (${format(least)} would do, but saves less than a resize costs)` : '';
};

const explainMemory = ({ memBytes, parts }: Recommendation): string => {
  const { neededBytes, growthBytesPerS, grantUpMs = 0, forecastBytes = 0, retainedBytes = 0, leastBytes = 0 } = parts;
  if (memBytes === null || neededBytes === undefined) return 'memory: not readable';
  const growth = phrase(
    growthBytesPerS,
    (speed) => `, growing ${formatBytes(speed)}/s, a grant takes ${formatMs(grantUpMs)}`,
  );
  const room = phrase(parts['standingRoomBytes'], (bytes) => ` + ${formatBytes(bytes)} for growth as seen before`);
  const cache = phrase(parts['workingCacheBytes'], (bytes) => ` + ${formatBytes(bytes)} of cache in use`);
  const why = because(forecastBytes > retainedBytes, 'foreseen', retainedBytes, leastBytes, formatBytes);
  return `memory: ${formatBytes(neededBytes)} in use${growth}${room}${cache} → ${formatBytes(memBytes)}${why}`;
};

const explainCpu = ({ cpu, parts }: Recommendation): string => {
  const { levelCores, queueCores = 0, retainedCores = 0, leastCores = 0 } = parts;
  if (cpu === null || levelCores === undefined) return 'CPU: not readable';
  const deviation = phrase(parts['deviationCores'], (cores) => ` ± ${formatCpu(cores)}`);
  const waiting = phrase(parts['waitingCores'], (cores) => `, ${formatCpu(cores)} waiting`);
  const why = because(queueCores > retainedCores, 'to catch up', retainedCores, leastCores, formatCpu);
  return `CPU: ${formatCpu(levelCores)} wanted${deviation}${waiting} → ${formatCpu(cpu)}${why}`;
};

/** "memory: 1.9 GiB in use, growing 300 MiB/s, a grant takes 1.4 s → 3 GiB foreseen; CPU: …". */
export const explainHeadroom = (recommendation: Recommendation): string =>
  `${explainMemory(recommendation)}; ${explainCpu(recommendation)}`;
