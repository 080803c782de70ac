/** What the downscale region answers and sets in motion. */
import { assertEvent } from 'xstate';
import type { Digits, MonitorMessage } from '../../shared/protocol/messages';
import { fileCacheBytes } from './cache-size';
import type { ChartContext } from './context';
import { DOWNSCALE_ANSWER_MS } from './timings';
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
  const { id, target, targetDigits } = event;
  enqueue.assign({ downscale: { id, target, targetDigits, cacheTrouble: null } });
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

const cacheTrouble = ({ fileCache }: ChartContext): string =>
  fileCache.lastFailure ?? 'no answer from Postgres in time';

/** A cache on disk takes no memory: the shrink goes on without it, and says so. */
export const goOnWithoutCache = chart.enqueueActions(({ context, enqueue }) => {
  if (context.downscale === null) return;
  enqueue.assign({ downscale: { ...context.downscale, cacheTrouble: cacheTrouble(context) } });
});

const withTrouble = (status: string, trouble: string | null): string =>
  trouble === null ? status : `${status}; the file cache on disk was not resized yet: ${trouble}`;

export const approve = chart.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, ['downscale.requested', 'downscale.judged']);
  if (context.downscale === null) return;
  const { id, target, cacheTrouble: trouble } = context.downscale;
  enqueue(result(context, id, true, withTrouble(event.check.status, trouble)));
  enqueue.assign({ downscale: null });
  enqueue.raise({ type: 'downscale.approved', target, at: event.at });
});

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

/** It held when it was asked for, and does not any more. */
export const refuseAfterAll = chart.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'downscale.judged');
  if (context.downscale === null) return;
  enqueue(result(context, context.downscale.id, false, event.check.status));
  enqueue(abandon);
});
