/** What the sizing region does on its transitions. */
import { assertEvent } from 'xstate';
import type { Size } from '../../shared/events/size';
import { exceeds, sameSize } from '../../shared/sizing';
import { fileCacheBytes } from './cache-size';
import type { MonitorContext, AgentConnection } from './context';
import { cancelTimer, monitorSetup, startTimer } from './setup';
import { isSatisfied, nextRequest, waitMs, withGrant } from './request';

/** Sends the request now, or as soon as rule R7 allows, and sets the time for sending it again. */
const request = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  const { conn } = context;
  if (conn === null || !conn.open || isSatisfied(context)) return;
  enqueue(startTimer('resend'));
  if (waitMs(context, event.at) > 0) return;
  const next = nextRequest(context, conn);
  for (const message of next.messages) enqueue({ type: 'send', params: { conn: conn.id, message } });
  enqueue.assign({
    conn: next.conn,
    lastRequestedAt: event.at,
    withinMs: null,
    requesting: { since: context.requesting?.since ?? event.at, attempts: (context.requesting?.attempts ?? 0) + 1 },
  });
});

/**
 * Only the very size that was asked for shows that this agent obeys ScaleRequest: one that merely moved towards it may
 * be of the agent's own metrics, and one that was there before shows nothing. Who rejected it once does not know it.
 */
const obeys = ({ granted }: MonitorContext, { scaleRequests, lastRequest }: AgentConnection, size: Size): boolean =>
  scaleRequests === 'unknown' && lastRequest !== null && sameSize(size, lastRequest) && !isGranted(granted, size);

const isGranted = (granted: Size | null, size: Size): boolean => granted !== null && sameSize(granted, size);

const connObeying = (context: MonitorContext, size: Size): AgentConnection | null =>
  context.conn !== null && obeys(context, context.conn, size)
    ? { ...context.conn, scaleRequests: 'obeyed' }
    : context.conn;

/** The file cache follows the size, whoever set it. */
const cacheFor = ({ config }: MonitorContext, size: Size, at: number) =>
  ({ type: 'fileCache.wanted', sizeBytes: fileCacheBytes(config, size.mem), at }) as const;

/**
 * A size that was desired only because it was granted (rule R12) is not desired any more once another one is
 * granted; else the very shrink that we approved would be requested back before the next decision.
 */
const desiredAfter = ({ desired, granted, retaining }: MonitorContext): Size | null =>
  retaining && desired !== null && granted !== null && sameSize(desired, granted) ? null : desired;

/**
 * What was decided for another granted size may take away from this one (rule R12): it is not requested
 * before it has been decided anew.
 */
const withheldFor = ({ desired, retaining, withheld }: MonitorContext, granted: Size): boolean =>
  withheld || (retaining && desired !== null && exceeds(granted, desired));

export const sizingActions = {
  'sizing.request': request,
  /** A new request begins: its back-off starts anew. */
  'sizing.beginRequest': monitorSetup.enqueueActions(({ event, enqueue }) => {
    enqueue.assign({ requesting: { since: event.at, attempts: 0 }, denial: null });
  }),
  'sizing.takeDesired': monitorSetup.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'desired.changed');
    const { desired, capped, retaining, withheld, floor, withinMs } = event;
    enqueue.assign({ desired, capped, retaining, withheld, floor, withinMs });
  }),
  'sizing.takeFloor': monitorSetup.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'pressure.critical');
    enqueue.assign({ floor: event.floor, withinMs: event.withinMs });
  }),
  /** The same request once more, for the sake of the floor that goes with it. */
  'sizing.tellFloor': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'floor.moved');
    if (context.conn === null) return;
    const { floor, withinMs } = event;
    const next = nextRequest({ ...context, floor, withinMs }, context.conn);
    for (const message of next.messages) enqueue({ type: 'send', params: { conn: next.conn.id, message } });
    enqueue.assign({ conn: next.conn, floor, withinMs: null, lastRequestedAt: event.at });
  }),
  'sizing.changeFloor': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'floor.changed');
    enqueue.assign({ floors: { ...context.floors, [event.of]: event.floor } });
  }),
  /** The agent asks to shrink to what it was asked for: it obeys, whatever we answer. */
  'sizing.noteObedience': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'downscale.requested');
    enqueue.assign({ conn: connObeying(context, event.target) });
  }),
  /** Silence is not obedience: an agent that grew to just what was asked, of its own accord, is found out by it. */
  'sizing.doubtObedience': monitorSetup.enqueueActions(({ context, enqueue }) => {
    if (context.conn?.scaleRequests !== 'obeyed') return;
    enqueue.assign({ conn: { ...context.conn, scaleRequests: 'unknown' } });
  }),
  'sizing.takeApproved': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'downscale.approved');
    const { target } = event;
    const desired = desiredAfter(context);
    const withheld = withheldFor({ ...context, desired }, target);
    enqueue.assign({ granted: target, desired, withheld });
  }),
  /** Limits first (they receive the new size before the confirmation), then the confirmation, then the cache. */
  'sizing.takeGranted': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'upscale.notified');
    // Whoever gives something has room again: the denial is over.
    const conn = connObeying(context, event.granted);
    enqueue.assign({
      granted: event.granted,
      withheld: withheldFor(context, event.granted),
      denial: null,
      conn: conn && withGrant(conn, event.granted),
    });
    enqueue.raise({ type: 'upscale.applied', id: event.id, at: event.at });
  }),
  'sizing.confirmUpscale': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'upscale.applied');
    if (context.conn === null || context.granted === null) return;
    enqueue({
      type: 'send',
      params: { conn: context.conn.id, message: { type: 'UpscaleConfirmation', id: event.id } },
    });
    enqueue.raise(cacheFor(context, context.granted, event.at));
  }),
  'sizing.takeInfo': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'vm.informed');
    const { desired } = context;
    enqueue.assign({
      granted: event.granted ?? context.granted,
      withheld: event.granted === null ? context.withheld : withheldFor(context, event.granted),
      // Beyond the bounds nothing is requested: it is decided anew within this step.
      desired: desired !== null && event.max !== null && exceeds(desired, event.max) ? null : desired,
      agentMax: event.max ?? context.agentMax,
      etaMs: event.etaMs ?? context.etaMs,
    });
    if (event.granted !== null) enqueue.raise(cacheFor(context, event.granted, event.at));
  }),
  'sizing.takeDenial': monitorSetup.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'scale.denied');
    enqueue.assign({ denial: event.reason });
  }),
  /** An old agent: UpscaleRequest from here on, at once if memory is short, whatever was sent just now. */
  'sizing.fallBack': monitorSetup.enqueueActions(({ context, enqueue }) => {
    if (context.conn === null) return;
    const { lastRequestedAt } = context;
    enqueue.assign({ conn: { ...context.conn, scaleRequests: 'rejected' }, lastRequestedAt: null, requesting: null });
    enqueue(request);
    enqueue.assign(({ context: after }) => ({ lastRequestedAt: after.lastRequestedAt ?? lastRequestedAt }));
  }),
  'sizing.beginShrink': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'downscale.approved');
    enqueue.assign({ shrink: { from: context.granted ?? event.target, to: event.target, since: event.at } });
    enqueue(startTimer('shrink'));
  }),
  'sizing.endShrink': monitorSetup.enqueueActions(({ context, enqueue }) => {
    if (context.shrink === null) return;
    enqueue.assign({ shrink: null });
    enqueue(cancelTimer('shrink'));
  }),
  /** Before anything is acknowledged, the size that the kernel shows counts as granted (rule R11). */
  'sizing.assumeSize': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'size.assumed');
    if (context.granted !== null) return;
    enqueue.assign({ granted: event.size });
    enqueue.raise(cacheFor(context, event.size, event.at));
  }),
  'sizing.endRequest': monitorSetup.enqueueActions(({ enqueue }) => {
    enqueue.assign({ requesting: null, denial: null });
    enqueue(cancelTimer('resend'));
    enqueue(cancelTimer('answer'));
  }),
};
