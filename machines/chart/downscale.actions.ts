/** What the downscale region answers and sets in motion. */
import { assertEvent } from 'xstate';
import type { Digits, MonitorMessage } from '../protocol/messages';
import { fileCacheBytes } from './cache-size';
import type { ChartContext } from './context';
import { DOWNSCALE_ANSWER_MS } from './limits';
import { chart } from './setup';

/** A reply to nobody (the agent left meanwhile) goes nowhere: the engine drops it. */
const result = (context: ChartContext, id: Digits, ok: boolean, status: string) => {
  const message: MonitorMessage = { type: 'DownscaleResult', id, ok, status };
  return { type: 'send', params: { conn: context.conn?.id ?? '', message } } as const;
};

export const refuse = chart.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'downscale.requested');
  enqueue(result(context, event.id, false, event.check.status));
});

export const refuseSecond = chart.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'downscale.requested');
  enqueue(result(context, event.id, false, 'another DownscaleRequest is still being applied'));
});

export const remember = chart.enqueueActions(({ event, enqueue }) => {
  assertEvent(event, 'downscale.requested');
  enqueue.assign({ downscale: { id: event.id, target: event.target, status: event.check.status } });
});

export const wantSmallerCache = chart.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'downscale.requested');
  const sizeBytes = fileCacheBytes(context.config, event.target.mem);
  enqueue.raise({ type: 'fileCache.wanted', sizeBytes, at: event.at });
});

export const startDeadline = chart.enqueueActions(({ event, enqueue }) => {
  const delay = DOWNSCALE_ANSWER_MS;
  enqueue.raise({ type: 'downscale.overdue', at: event.at + delay }, { id: 'downscale', delay });
});
export const cancelDeadline = chart.enqueueActions(({ enqueue }) => {
  enqueue.cancel('downscale');
});

const approveSaying = (addition: (context: ChartContext) => string) =>
  chart.enqueueActions(({ context, event, enqueue }) => {
    if (context.downscale === null) return;
    const { id, target, status } = context.downscale;
    enqueue(result(context, id, true, `${status}${addition(context)}`));
    enqueue.assign({ downscale: null });
    enqueue.raise({ type: 'downscale.approved', target, at: event.at });
  });

const cacheTrouble = ({ fileCache }: ChartContext): string =>
  fileCache.lastFailure ?? 'no answer from Postgres in time';

export const approve = approveSaying(() => '');
export const approveWithoutCache = approveSaying(
  (context) => `; the file cache on disk was not resized yet: ${cacheTrouble(context)}`,
);

/** Nothing is left to approve, and the cache keeps the size of the VM as it stays. */
export const abandon = chart.enqueueActions(({ context, event, enqueue }) => {
  enqueue.assign({ downscale: null });
  if (context.granted === null) return;
  const sizeBytes = fileCacheBytes(context.config, context.granted.mem);
  enqueue.raise({ type: 'fileCache.wanted', sizeBytes, at: event.at });
});

export const refuseForCache = chart.enqueueActions(({ context, enqueue }) => {
  if (context.downscale === null) return;
  const status = `the file cache in memory could not be shrunk: ${cacheTrouble(context)}`;
  enqueue(result(context, context.downscale.id, false, status));
  enqueue(abandon);
});
