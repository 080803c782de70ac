/** One sentence of reason, made of the decision's parts. */
import { formatBytes, formatCpu, formatMs } from '../../format';
import type { Need } from '../policy';

/** A phrase for a part that plays a role; nothing for one that does not. */
const phrase = (value: number | undefined, words: (value: number) => string): string =>
  value === undefined || value <= 0 ? '' : words(value);

const explainMemory = ({ memBytes, parts }: Need): string => {
  const { neededBytes, growthBytesPerS, grantUpMs = 0, forecastBytes = 0, heldBytes = 0 } = parts;
  if (memBytes === null || neededBytes === undefined) return 'memory: not readable';
  const growth = phrase(
    growthBytesPerS,
    (speed) => `, growing ${formatBytes(speed)}/s, a grant takes ${formatMs(grantUpMs)}`,
  );
  const room = phrase(parts['standingRoomBytes'], (bytes) => ` + ${formatBytes(bytes)} for growth as seen before`);
  const cache = phrase(parts['workingCacheBytes'], (bytes) => ` + ${formatBytes(bytes)} of cache in use`);
  const why = forecastBytes > heldBytes ? ' foreseen' : '';
  return `memory: ${formatBytes(neededBytes)} in use${growth}${room}${cache} → ${formatBytes(memBytes)}${why}`;
};

const explainCpu = ({ cpu, parts }: Need): string => {
  const { levelCores, queueCores = 0, heldCores = 0 } = parts;
  if (cpu === null || levelCores === undefined) return 'CPU: not readable';
  const flutter = phrase(parts['deviationCores'], (cores) => ` ± ${formatCpu(cores)}`);
  const waiting = phrase(parts['waitingCores'], (cores) => `, ${formatCpu(cores)} waiting`);
  const why = queueCores > heldCores ? ' to catch up' : '';
  return `CPU: ${formatCpu(levelCores)} wanted${flutter}${waiting} → ${formatCpu(cpu)}${why}`;
};

/** "memory: 1.9 GiB in use, growing 300 MiB/s, a grant takes 1.4 s → 3 GiB foreseen; CPU: …". */
export const explainHeadroom = (need: Need): string => `${explainMemory(need)}; ${explainCpu(need)}`;
