/** Every event in every state of the region `fileCache`. */
import type { StatechartEventType } from '../../../../machines/monitor/statechart/events';
import { context, IGNORED, testTable, type Table } from '../../../support/chart';
import { PROTECTION_IGNORED } from '../../../support/chart-ignored';
import { SAMPLES, units } from '../../../support/chart-events';
import { MIB } from '../../../../machines/shared/units';
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';

/** What other regions hear. */
const FOREIGN = {
  ...PROTECTION_IGNORED,
  'source.lost': IGNORED,
  'source.found': IGNORED,
  'handshake.started': IGNORED,
  'handshake.failed': IGNORED,
  'agent.connected': IGNORED,
  'agent.lost': IGNORED,
  'quiet.over': IGNORED,
  'resend.due': IGNORED,
  'answer.overdue': IGNORED,
  'shrink.overdue': IGNORED,
  'downscale.overdue': IGNORED,
  'downscale.judged': IGNORED,
  'relief.over': IGNORED,
  'upscale.notified': IGNORED,
  'downscale.requested': IGNORED,
  'health.checked': IGNORED,
  'request.rejected': IGNORED,
  'agent.failed': IGNORED,
  'scale.denied': IGNORED,
  'vm.informed': IGNORED,
  'frame.malformed': IGNORED,
  'desired.changed': IGNORED,
  'pressure.normal': IGNORED,
  'pressure.elevated': IGNORED,
  'pressure.critical': IGNORED,
  'agent.spoke': IGNORED,
  'size.assumed': IGNORED,
  'size.observed': IGNORED,
  'agent.ready': IGNORED,
  'upscale.applied': IGNORED,
  'downscale.approved': IGNORED,
} as const satisfies Partial<Record<StatechartEventType, typeof IGNORED>>;

const TABLE: Table<'fileCache'> = {
  absent: {
    ...FOREIGN,
    'monitor.started': { to: 'connecting', does: ['fileCache.connect'] },
    'fileCache.connected': IGNORED,
    'fileCache.notOffered': IGNORED,
    'fileCache.resized': IGNORED,
    'fileCache.failed': IGNORED,
    'fileCache.lost': IGNORED,
    'fileCache.retry.due': IGNORED,
    'fileCache.wanted': { to: 'absent' },
  },
  connecting: {
    ...FOREIGN,
    'monitor.started': IGNORED,
    'fileCache.connected': { to: 'resizing', does: ['fileCache.resize'] },
    'fileCache.notOffered': { to: 'vanilla', does: ['+fileCache.retry'] },
    'fileCache.resized': IGNORED,
    'fileCache.failed': { to: 'failing', does: ['+fileCache.retry'] },
    'fileCache.lost': IGNORED,
    'fileCache.retry.due': IGNORED,
    'fileCache.wanted': { to: 'connecting' },
  },
  ready: {
    ...FOREIGN,
    'monitor.started': IGNORED,
    'fileCache.connected': IGNORED,
    'fileCache.notOffered': IGNORED,
    'fileCache.resized': IGNORED,
    'fileCache.failed': IGNORED,
    'fileCache.lost': { to: 'failing', does: ['+fileCache.retry'] },
    'fileCache.retry.due': IGNORED,
    'fileCache.wanted': { to: 'resizing', does: ['fileCache.resize'] },
  },
  resizing: {
    ...FOREIGN,
    'monitor.started': IGNORED,
    'fileCache.connected': IGNORED,
    'fileCache.notOffered': { to: 'vanilla', does: ['+fileCache.retry'] },
    'fileCache.resized': { to: 'ready' },
    'fileCache.failed': { to: 'failing', does: ['+fileCache.retry'] },
    'fileCache.lost': IGNORED,
    'fileCache.retry.due': IGNORED,
    'fileCache.wanted': { to: 'resizing' },
  },
  failing: {
    ...FOREIGN,
    'monitor.started': IGNORED,
    'fileCache.connected': IGNORED,
    'fileCache.notOffered': IGNORED,
    'fileCache.resized': IGNORED,
    'fileCache.failed': IGNORED,
    'fileCache.lost': IGNORED,
    'fileCache.retry.due': { to: 'connecting', does: ['fileCache.connect'] },
    'fileCache.wanted': { to: 'failing' },
  },
  vanilla: {
    ...FOREIGN,
    'monitor.started': IGNORED,
    'fileCache.connected': { to: 'resizing', does: ['fileCache.resize'] },
    'fileCache.notOffered': { to: 'vanilla', does: ['+fileCache.retry'] },
    'fileCache.resized': IGNORED,
    'fileCache.failed': { to: 'vanilla', does: ['+fileCache.retry'] },
    'fileCache.lost': IGNORED,
    'fileCache.retry.due': { to: 'vanilla', does: ['fileCache.connect'] },
    'fileCache.wanted': { to: 'vanilla' },
  },
};

const cache = (differences: Partial<MonitorContext['fileCache']>): MonitorContext =>
  context({
    granted: units(2),
    fileCache: {
      wantedBytes: 256 * MIB,
      requestedBytes: null,
      sizeBytes: null,
      failures: 0,
      lastFailure: null,
      ...differences,
    },
  });

const CONTEXTS = {
  absent: cache({}),
  connecting: cache({}),
  ready: cache({ sizeBytes: 256 * MIB }),
  resizing: cache({ requestedBytes: 256 * MIB }),
  failing: cache({ failures: 1, lastFailure: 'Postgres is down' }),
  vanilla: cache({}),
};

/** Of other regions' events only those that do not make them say fileCache.wanted. */
const EVENTS = {
  ...SAMPLES,
  'vm.informed': { ...SAMPLES['vm.informed'], granted: null },
  'downscale.requested': { ...SAMPLES['downscale.requested'], check: { ok: false, status: 'too small' } },
};

testTable('fileCache', TABLE, CONTEXTS, EVENTS);
