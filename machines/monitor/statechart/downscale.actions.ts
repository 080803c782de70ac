/** What the downscale region answers and sets in motion. */
import { assertEvent } from 'xstate';
import type { Digits, MonitorMessage } from '../../shared/protocol/messages';
import { fileCacheBytes } from './cache-size';
import type { MonitorContext } from './context';
import { monitorSetup } from './setup';

/** A reply to nobody (the agent left meanwhile) goes nowhere: the engine drops it. */
const result = (context: MonitorContext, id: Digits, ok: boolean, status: string) => {
  const message: MonitorMessage = { type: 'DownscaleResult', id, ok, status };
  return { type: 'send', params: { conn: context.conn?.id ?? '', message } } as const;
};

const cacheTrouble = ({ fileCache }: MonitorContext): string =>
  fileCache.lastFailure ?? 'no answer from Postgres in time';

const withTrouble = (status: string, trouble: string | null): string =>
  trouble === null ? status : `${status}; the file cache on disk was not resized yet: ${trouble}`;

const approve = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, ['downscale.requested', 'downscale.judged']);
  if (context.downscale === null) return;
  const { id, target, cacheTrouble: trouble } = context.downscale;
  enqueue(result(context, id, true, withTrouble(event.check.status, trouble)));
  enqueue.assign({ downscale: null });
  enqueue.raise({ type: 'downscale.approved', target, at: event.at });
});

export const downscaleActions = {
  'downscale.refuse': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'downscale.requested');
    enqueue(result(context, event.id, false, event.check.status));
  }),
  'downscale.refuseSecond': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'downscale.requested');
    enqueue(result(context, event.id, false, 'another DownscaleRequest is still being applied'));
  }),
  'downscale.remember': monitorSetup.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'downscale.requested');
    const { id, target, targetDigits, cacheBytes } = event;
    enqueue.assign({ downscale: { id, target, targetDigits, cacheBytes, cacheTrouble: null } });
  }),
  'downscale.wantSmallerCache': monitorSetup.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'downscale.requested');
    enqueue.raise({ type: 'fileCache.wanted', sizeBytes: event.cacheBytes, at: event.at });
  }),
  /** A cache on disk takes no memory: the shrink goes on without it, and says so. */
  'downscale.goOnWithoutCache': monitorSetup.enqueueActions(({ context, enqueue }) => {
    if (context.downscale === null) return;
    enqueue.assign({ downscale: { ...context.downscale, cacheTrouble: cacheTrouble(context) } });
  }),
  'downscale.approve': approve,
  /** Nothing is left to approve, and the cache keeps the size of the VM as it stays. */
  'downscale.abandon': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    enqueue.assign({ downscale: null });
    if (context.granted === null) return;
    const sizeBytes = fileCacheBytes(context.config, context.granted.mem);
    enqueue.raise({ type: 'fileCache.wanted', sizeBytes, at: event.at });
  }),
  'downscale.refuseForCache': monitorSetup.enqueueActions(({ context, enqueue }) => {
    if (context.downscale === null) return;
    const status = `the file cache in memory could not be shrunk: ${cacheTrouble(context)}`;
    enqueue(result(context, context.downscale.id, false, status));
  }),
  /** It held when it was asked for, and does not any more. */
  'downscale.refuseAfterAll': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'downscale.judged');
    if (context.downscale === null) return;
    enqueue(result(context, context.downscale.id, false, event.check.status));
  }),
};
