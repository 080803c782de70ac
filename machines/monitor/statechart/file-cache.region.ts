/**
 * Postgres' file cache: sized by SQL in an actor, one statement at a time. The newest wish wins; a
 * failure is retried with back-off and never stops the rest (rule R9).
 *
 *   absent;  connecting → ready ⇄ resizing;  any failure → failing → connecting
 *   connecting, resizing → vanilla: the server has no such cache; → ready once a look finds one
 */
import { assertEvent } from 'xstate';
import { backoffMs } from '../../shared/backoff';
import { RETRY_FIRST_MS, RETRY_LAST_MS, VANILLA_LOOK_MS } from './timings';
import { monitorSetup, type Scope } from './setup';

const isPresent = ({ context }: Scope): boolean => context.config.fileCache !== 'absent';
const isWanted = ({ context }: Scope): boolean =>
  context.fileCache.wantedBytes !== null && context.fileCache.wantedBytes !== context.fileCache.sizeBytes;

const want = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'fileCache.wanted');
  enqueue.assign({ fileCache: { ...context.fileCache, wantedBytes: event.sizeBytes } });
});

const connect = monitorSetup.enqueueActions(({ enqueue }) => {
  enqueue({ type: 'issue', params: { type: 'fileCache.connect' } });
});

const resize = monitorSetup.enqueueActions(({ context, enqueue }) => {
  const sizeBytes = context.fileCache.wantedBytes;
  if (sizeBytes === null) return;
  enqueue.assign({ fileCache: { ...context.fileCache, requestedBytes: sizeBytes } });
  enqueue({ type: 'issue', params: { type: 'fileCache.resize', sizeBytes } });
});

/** The actor caps by the server's maximum: what it reached counts as wanted, else it would be asked for ever. */
const takeSize = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'fileCache.resized');
  const { wantedBytes, requestedBytes } = context.fileCache;
  enqueue.assign({
    fileCache: {
      wantedBytes: wantedBytes === requestedBytes ? event.sizeBytes : wantedBytes,
      requestedBytes: null,
      sizeBytes: event.sizeBytes,
      failures: 0,
      lastFailure: null,
    },
  });
});

const fail = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, ['fileCache.failed', 'fileCache.lost']);
  const { fileCache } = context;
  const delay = backoffMs(RETRY_FIRST_MS, RETRY_LAST_MS, fileCache.failures);
  enqueue.assign({
    fileCache: { ...fileCache, sizeBytes: null, failures: fileCache.failures + 1, lastFailure: event.reason },
  });
  enqueue.raise({ type: 'fileCache.retry.due', at: event.at + delay }, { id: 'fileCache.retry', delay });
});

/** Forgets failures: the server has answered. Looks again, rarely. */
const takeAbsence = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  const { wantedBytes } = context.fileCache;
  enqueue.assign({ fileCache: { wantedBytes, requestedBytes: null, sizeBytes: null, failures: 0, lastFailure: null } });
  const delay = VANILLA_LOOK_MS;
  enqueue.raise({ type: 'fileCache.retry.due', at: event.at + delay }, { id: 'fileCache.retry', delay });
});

const whenVanilla = { target: 'vanilla', actions: takeAbsence } as const;

export const fileCacheRegion = monitorSetup.createStateConfig({
  initial: 'absent',
  on: { 'fileCache.wanted': { actions: want } },
  states: {
    absent: { on: { 'monitor.started': { guard: isPresent, target: 'connecting' } } },
    connecting: {
      entry: connect,
      on: {
        'fileCache.connected': 'ready',
        'fileCache.notOffered': whenVanilla,
        'fileCache.failed': { target: 'failing', actions: fail },
      },
    },
    ready: {
      always: { guard: isWanted, target: 'resizing' },
      on: { 'fileCache.lost': { target: 'failing', actions: fail } },
    },
    resizing: {
      entry: resize,
      on: {
        'fileCache.resized': { target: 'ready', actions: takeSize },
        'fileCache.notOffered': whenVanilla,
        'fileCache.failed': { target: 'failing', actions: fail },
      },
    },
    failing: { on: { 'fileCache.retry.due': 'connecting' } },
    // It stays vanilla during a look, and when a look fails, until the server shows otherwise.
    vanilla: {
      on: {
        'fileCache.retry.due': { actions: connect },
        'fileCache.connected': 'ready',
        'fileCache.notOffered': whenVanilla,
        'fileCache.failed': { actions: fail },
      },
    },
  },
});
