/** The warning that memory nears exhaustion and no larger size can come: logged once, and again only after it had eased. */
import { endingOf, hasEased, type Ending } from '../../../machines/monitor/engine/ending';
import type { EngineState } from '../../../machines/monitor/engine/state';
import { HOUR_MS } from '../../../machines/shared/units';
import { warning, type EventLine } from '../../shared/logging/event-line';
import type { Logger } from '../../shared/logging/logger';

/** Beyond an hour it is a guess. */
const LONGEST_LOGGED_MS = HOUR_MS;

const NEXT: Readonly<Record<Ending['protect'], string>> = {
  observe: 'the OOM killer ends a process',
  tripwire: 'the OOM killer ends a process',
  throttle: 'the fastest-growing backends are throttled for a while, and after that the OOM killer ends a process',
  full: 'the fastest-growing backends are throttled, and after that the largest statement is cancelled',
};

const LIMITED_BY: Readonly<Record<Ending['because']['type'], string>> = {
  largest: 'at the largest size',
  stoppedShort: 'at the largest size that the agent grants',
  denied: 'after a denial',
};

/** `exhaustionMs` only where it says something: it is 0 without a runway, and a guess when memory hardly grows. */
export const endingLine = ({ because, leftBytes, exhaustionMs, protect }: Ending): EventLine =>
  warning('memory nears exhaustion', {
    limitedBy: LIMITED_BY[because.type],
    ...(because.type === 'denied' ? { reason: because.reason } : {}),
    leftBytes,
    ...(leftBytes === 0 || exhaustionMs > LONGEST_LOGGED_MS ? {} : { exhaustionMs }),
    next: NEXT[protect],
    protect,
  });

/**
 * @returns takes each new state. It counts when a second sample shows it: the first may be older than the
 * grant of the largest size. A larger size that is exhausted as well is logged again
 */
export const watchEnding = (now: () => number, logger: Pick<Logger, 'warn'>): ((state: EngineState) => void) => {
  let loggedBytes: number | null = null;
  let firstSampleAt: number | null = null;
  return (state) => {
    if (hasEased(state)) loggedBytes = null;
    const ending = endingOf(now(), state);
    const { sampledAt } = state.domain;
    firstSampleAt = ending === null ? null : (firstSampleAt ?? sampledAt);
    if (ending === null || sampledAt === firstSampleAt) return;
    if (loggedBytes !== null && ending.sizeBytes <= loggedBytes) return;
    loggedBytes = ending.sizeBytes;
    const { msg, fields } = endingLine(ending);
    logger.warn(msg, fields);
  };
};
