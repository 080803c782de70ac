/** Every event in every state of the region `downscale`. */
import type { StatechartEventType } from '../../../../machines/monitor/statechart/events';
import { context, IGNORED, testTable, type Table } from '../../../support/chart';
import { PROTECTION_IGNORED } from '../../../support/chart-ignored';
import { connection, SAMPLES, units } from '../../../support/chart-events';

/** What other regions hear. */
const FOREIGN = {
  ...PROTECTION_IGNORED,
  'monitor.started': IGNORED,
  'source.lost': IGNORED,
  'source.found': IGNORED,
  'handshake.started': IGNORED,
  'handshake.failed': IGNORED,
  'fileCache.connected': IGNORED,
  'quiet.over': IGNORED,
  'resend.due': IGNORED,
  'answer.overdue': IGNORED,
  'shrink.overdue': IGNORED,
  'relief.over': IGNORED,
  'fileCache.retry.due': IGNORED,
  'upscale.notified': IGNORED,
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
  'fileCache.wanted': IGNORED,
} as const satisfies Partial<Record<StatechartEventType, typeof IGNORED>>;

const TABLE: Table<'downscale'> = {
  idle: {
    ...FOREIGN,
    'downscale.requested': { to: 'shrinkingCache', does: ['+downscale'] },
    'fileCache.notOffered': IGNORED,
    'fileCache.resized': IGNORED,
    'fileCache.failed': IGNORED,
    'fileCache.lost': IGNORED,
    'downscale.overdue': IGNORED,
    'downscale.judged': IGNORED,
    'agent.connected': IGNORED,
    'agent.lost': IGNORED,
  },
  shrinkingCache: {
    ...FOREIGN,
    'downscale.requested': { to: 'shrinkingCache', does: ['DownscaleResult'] },
    'fileCache.resized': { to: 'judging', does: ['-downscale'] },
    'fileCache.notOffered': { to: 'judging', does: ['-downscale'] },
    'fileCache.failed': { to: 'idle', does: ['DownscaleResult', '-downscale'] },
    'fileCache.lost': { to: 'idle', does: ['DownscaleResult', '-downscale'] },
    'downscale.overdue': { to: 'idle', does: ['DownscaleResult', '-downscale'] },
    'downscale.judged': IGNORED,
    'agent.connected': { to: 'idle', does: ['-downscale'] },
    'agent.lost': { to: 'idle', does: ['-downscale'] },
  },
  judging: {
    ...FOREIGN,
    'downscale.requested': IGNORED,
    'fileCache.resized': IGNORED,
    'fileCache.notOffered': IGNORED,
    'fileCache.failed': IGNORED,
    'fileCache.lost': IGNORED,
    'downscale.overdue': IGNORED,
    'downscale.judged': { to: 'idle', does: ['DownscaleResult'] },
    'agent.connected': IGNORED,
    'agent.lost': IGNORED,
  },
};

const granted = { conn: connection(), granted: units(3) };

const waiting = { id: '6', target: units(2), targetDigits: null, cacheTrouble: null };

const CONTEXTS = {
  idle: context(granted),
  shrinkingCache: context({ ...granted, downscale: waiting }),
  judging: context({ ...granted, downscale: waiting }),
};

testTable('downscale', TABLE, CONTEXTS, SAMPLES);
