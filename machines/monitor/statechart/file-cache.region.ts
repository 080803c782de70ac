/**
 * Postgres' file cache: sized by SQL in an actor, one statement at a time. The latest request wins; a
 * failure is retried with back-off and never stops the rest (rule R9).
 *
 *   absent;  connecting → ready ⇄ resizing;  any failure → failing → connecting
 *   connecting, resizing → vanilla: the server has no such cache; → ready once a look finds one
 */
import { assertEvent } from 'xstate';
import { latestWins } from './latest-wins';
import { monitorSetup, startTimer, type Scope } from './setup';

export const fileCacheActions = {
  'fileCache.want': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'fileCache.wanted');
    enqueue.assign({ fileCache: { ...context.fileCache, wantedBytes: event.sizeBytes } });
  }),
  'fileCache.resize': monitorSetup.enqueueActions(({ context, enqueue }) => {
    const sizeBytes = context.fileCache.wantedBytes;
    if (sizeBytes === null) return;
    enqueue.assign({ fileCache: { ...context.fileCache, requestedBytes: sizeBytes } });
    enqueue({ type: 'issue', params: { type: 'fileCache.resize', sizeBytes } });
  }),
  /** The actor caps by the server's maximum: what it reached counts as wanted, else it would be asked for ever. */
  'fileCache.takeSize': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
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
  }),
  'fileCache.noteFailure': monitorSetup.assign(({ context, event }) => {
    assertEvent(event, ['fileCache.failed', 'fileCache.lost']);
    return { fileCache: { ...context.fileCache, sizeBytes: null, lastFailure: event.reason } };
  }),
  /** Forgets failures: the server has answered. */
  'fileCache.takeAbsence': monitorSetup.assign(({ context: { fileCache } }) => ({
    fileCache: {
      wantedBytes: fileCache.wantedBytes,
      requestedBytes: null,
      sizeBytes: null,
      failures: 0,
      lastFailure: null,
    },
  })),
};
export const fileCacheGuards = {
  'fileCache.isPresent': ({ context }: Scope): boolean => context.config.fileCache !== 'absent',
  'fileCache.isWanted': ({ context }: Scope): boolean =>
    context.fileCache.wantedBytes !== null && context.fileCache.wantedBytes !== context.fileCache.sizeBytes,
};

const connect = { type: 'issue', params: { type: 'fileCache.connect' } } as const;

const cycle = latestWins({
  effect: 'fileCache',
  states: { applying: 'resizing', applied: 'ready', failing: 'failing', retried: 'connecting' },
  apply: 'fileCache.resize',
  done: 'fileCache.resized',
  onDone: ['fileCache.takeSize'],
  onFailed: ['fileCache.noteFailure'],
  isStale: 'fileCache.isWanted',
});

/** Looks again, rarely. */
const whenVanilla = {
  'fileCache.notOffered': {
    target: 'vanilla',
    actions: ['fileCache.takeAbsence', startTimer('fileCache.retry', 'fileCache.look')],
  },
} as const;

export const fileCacheRegion = monitorSetup
  .extend({ actions: fileCacheActions, guards: fileCacheGuards })
  .createStateConfig({
    initial: 'absent',
    on: { 'fileCache.wanted': { actions: 'fileCache.want' } },
    states: {
      absent: { on: { 'monitor.started': { guard: 'fileCache.isPresent', target: 'connecting' } } },
      connecting: {
        entry: connect,
        on: { 'fileCache.connected': 'ready', 'fileCache.failed': cycle.fail, ...whenVanilla },
      },
      ready: { ...cycle.applied, on: { 'fileCache.lost': cycle.fail } },
      resizing: { ...cycle.applying, on: { ...cycle.applying.on, ...whenVanilla } },
      failing: cycle.failing,
      // It stays vanilla during a look, and when a look fails, until the server shows otherwise.
      vanilla: {
        on: {
          'fileCache.retry.due': { actions: connect },
          'fileCache.connected': 'ready',
          'fileCache.failed': { actions: cycle.fail.actions },
          ...whenVanilla,
        },
      },
    },
  });
