/** Follows the granted size: times grants from the first request to the size being observed, and marks a shrink. */
import type { MonitorContext } from '../statechart/context';
import { SHRINK_WATCH_MS } from '../statechart/timings';
import type { Size } from '../../shared/events/size';
import { learnGrant } from './grant-latency';
import { beginHotUnplug } from '../memory/hot-unplug';
import { exceeds, sameSize } from '../../shared/sizing';
import type { EngineStep } from './run';

type Way = 'up' | 'down';

/** Which way it is from one size to another; null when they are the same or unknown. */
const way = (from: Size | null, to: Size | null): Way | null => {
  if (from === null || to === null || sameSize(from, to)) return null;
  return exceeds(to, from) ? 'up' : 'down';
};

/** After events went through the statechart: a request may have begun, been granted, or ended. */
export const timeRequest = (run: EngineStep, before: MonitorContext): void => {
  const { context, at } = run;
  const timed = run.domain.timedRequest;
  if (timed === null) {
    const requested = way(context.granted, context.desired);
    const askedNow = context.lastRequestedAt === at;
    if (requested === null || !askedNow) return;
    const fromBytes = context.granted?.mem ?? 0;
    run.update({ timedRequest: { at, direction: requested, fromBytes, acknowledged: false } });
    return;
  }
  // Since then it has waited for others to give memory back: that is not how long a grant takes.
  if (context.denial !== null && !timed.acknowledged) {
    run.update({ timedRequest: null });
    return;
  }
  const moved = way(before.granted, context.granted);
  if (moved !== null) run.update({ timedRequest: moved === timed.direction ? { ...timed, acknowledged: true } : null });
  else if (context.requesting === null && !timed.acknowledged) run.update({ timedRequest: null });
};

/**
 * After events went through the statechart: a smaller size may have been approved. A larger one that is granted meanwhile
 * ends nothing: what is on its way out comes back by and by.
 */
export const followShrink = (run: EngineStep, before: MonitorContext): void => {
  const [was, is] = [before.granted, run.context.granted];
  if (was === null || is === null || is.mem >= was.mem || run.config.statechart.sizeFrom !== 'kernel') return;
  const { readings, hotUnplug } = run.domain;
  run.update({ hotUnplug: beginHotUnplug(readings, hotUnplug, run.at + SHRINK_WATCH_MS) });
};

/** At a sample: an acknowledged grant that the kernel shows has arrived. */
export const timeGrant = (run: EngineStep): void => {
  const { timedRequest, agreed, latency } = run.domain;
  const { granted } = run.context;
  if (timedRequest === null || granted === null || !timedRequest.acknowledged || !agreed) return;
  const movedBytes = Math.abs(granted.mem - timedRequest.fromBytes);
  const learned = learnGrant(latency, timedRequest.direction, movedBytes, run.at - timedRequest.at);
  run.update({ timedRequest: null, latency: learned });
};
