/** Follows the granted size: times grants from the first wish to the size being seen, and marks a shrink. */
import type { ChartContext } from '../statechart/context';
import { SHRINK_WATCH_MS } from '../statechart/timings';
import type { Size } from '../../shared/events/size';
import { learnGrant } from './grant-latency';
import { beginLeaving } from '../memory/hot-unplug';
import { exceeds, sameSize } from '../../shared/sizing';
import type { Run } from './run';

type Way = 'up' | 'down';

/** Which way it is from one size to another; null when they are the same or unknown. */
const way = (from: Size | null, to: Size | null): Way | null => {
  if (from === null || to === null || sameSize(from, to)) return null;
  return exceeds(to, from) ? 'up' : 'down';
};

/** After events went through the chart: a wish may have begun, been granted, or ended. */
export const followWish = (run: Run, before: ChartContext): void => {
  const { context, at } = run;
  const timed = run.domain.timedAsk;
  if (timed === null) {
    const wished = way(context.granted, context.desired);
    const askedNow = context.lastAskedAt === at;
    if (wished === null || !askedNow) return;
    const fromBytes = context.granted?.mem ?? 0;
    run.note({ timedAsk: { at, direction: wished, fromBytes, acknowledged: false } });
    return;
  }
  const moved = way(before.granted, context.granted);
  if (moved !== null) run.note({ timedAsk: moved === timed.direction ? { ...timed, acknowledged: true } : null });
  else if (context.asking === null && !timed.acknowledged) run.note({ timedAsk: null });
};

/**
 * After events went through the chart: a smaller size may have been approved. A larger one that is granted meanwhile
 * ends nothing: what is on its way out comes back by and by.
 */
export const followShrink = (run: Run, before: ChartContext): void => {
  const [was, is] = [before.granted, run.context.granted];
  if (was === null || is === null || is.mem >= was.mem || run.config.chart.sizeFrom !== 'kernel') return;
  const { readings, leaving } = run.domain;
  run.note({ leaving: beginLeaving(readings, leaving, run.at + SHRINK_WATCH_MS) });
};

/** At a beat: an acknowledged grant that the kernel shows has arrived. */
export const timeGrant = (run: Run): void => {
  const { timedAsk, agreed, latency } = run.domain;
  const { granted } = run.context;
  if (timedAsk === null || granted === null || !timedAsk.acknowledged || !agreed) return;
  const movedBytes = Math.abs(granted.mem - timedAsk.fromBytes);
  const learned = learnGrant(latency, timedAsk.direction, movedBytes, run.at - timedAsk.at);
  run.note({ timedAsk: null, latency: learned });
};
