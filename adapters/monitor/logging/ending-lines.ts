/** The warning that memory nears its end and no larger size can come: said once, and again only after it had eased. */
import { endingOf, hasEased, type Ending } from '../../../machines/monitor/engine/ending';
import type { EngineState } from '../../../machines/monitor/engine/state';
import { formatBytes, formatMs } from '../../../machines/shared/format';
import { HOUR_MS } from '../../../machines/shared/units';
import type { Logger } from '../../shared/logging/logger';

/** Beyond an hour it is a guess. */
const LONGEST_TOLD_MS = HOUR_MS;

const WHAT_FOLLOWS: Readonly<Record<Ending['protect'], string>> = {
  observe: 'then the OOM killer ends a process (--protect observe)',
  tripwire: 'then the OOM killer ends a process (--protect tripwire)',
  throttle: 'those who grow are held for a while, then the OOM killer ends a process (--protect throttle)',
  full: 'those who grow are held, then the largest statement is cancelled',
};

const placeOf = ({ because }: Ending): string => {
  switch (because.type) {
    case 'largest':
      return 'at the largest size';
    case 'stoppedShort':
      return 'at the largest size that the agent gives';
    case 'denied':
      return `denied (${because.reason})`;
  }
};

const timeLeft = ({ leftBytes, exhaustionMs }: Ending): string => {
  if (leftBytes === 0) return 'only the reserve is free';
  return exhaustionMs > LONGEST_TOLD_MS ? 'it hardly grows now' : `enough for ${formatMs(exhaustionMs)} at this growth`;
};

export const endingLine = (ending: Ending): string =>
  `${placeOf(ending)}, ${formatBytes(ending.leftBytes)} left: ${timeLeft(ending)}; ${WHAT_FOLLOWS[ending.protect]}`;

/**
 * @returns takes each new state. An end counts when a second sample shows it: the first may be older than the
 * grant of the largest size. A larger size that nears its end as well is news too
 */
export const watchEnding = (now: () => number, logger: Pick<Logger, 'warn'>): ((state: EngineState) => void) => {
  let saidBytes: number | null = null;
  let firstSampleAt: number | null = null;
  return (state) => {
    if (hasEased(state)) saidBytes = null;
    const ending = endingOf(now(), state);
    const { sampledAt } = state.domain;
    firstSampleAt = ending === null ? null : (firstSampleAt ?? sampledAt);
    if (ending === null || sampledAt === firstSampleAt) return;
    if (saidBytes !== null && ending.sizeBytes <= saidBytes) return;
    saidBytes = ending.sizeBytes;
    logger.warn(endingLine(ending));
  };
};
