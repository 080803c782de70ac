/** Every event in every state of the region `limits`. */
import type { ChartEventType } from '../../../machines/chart/events';
import { CHART_CONFIG, context, IGNORED, testTable, type Table } from '../../support/chart';
import { SAMPLES, units } from '../../support/chart-events';

/** What other regions hear. */
const FOREIGN = {
  'monitor.started': IGNORED,
  'source.lost': IGNORED,
  'source.found': IGNORED,
  'handshake.started': IGNORED,
  'handshake.failed': IGNORED,
  'agent.connected': IGNORED,
  'agent.lost': IGNORED,
  'fileCache.connected': IGNORED,
  'fileCache.resized': IGNORED,
  'fileCache.failed': IGNORED,
  'fileCache.lost': IGNORED,
  'quiet.over': IGNORED,
  'resend.due': IGNORED,
  'answer.overdue': IGNORED,
  'shrink.overdue': IGNORED,
  'downscale.overdue': IGNORED,
  'relief.over': IGNORED,
  'fileCache.retry.due': IGNORED,
  'downscale.requested': IGNORED,
  'health.checked': IGNORED,
  'request.rejected': IGNORED,
  'agent.failed': IGNORED,
  'scale.denied': IGNORED,
  'frame.malformed': IGNORED,
  'desired.changed': IGNORED,
  'memory.calmed': IGNORED,
  'memory.watched': IGNORED,
  'memory.breached': IGNORED,
  'agent.spoke': IGNORED,
  'size.seen': IGNORED,
  'agent.ready': IGNORED,
  'upscale.applied': IGNORED,
  'fileCache.wanted': IGNORED,
} as const satisfies Partial<Record<ChartEventType, typeof IGNORED>>;

const TABLE: Table<'limits'> = {
  absent: {
    ...FOREIGN,
    'limits.applied': IGNORED,
    'limits.failed': IGNORED,
    'limits.retry.due': IGNORED,
    'size.assumed': { to: 'setting', does: ['limits.apply'] },
    'upscale.notified': { to: 'setting', does: ['limits.apply'] },
    'vm.informed': { to: 'setting', does: ['limits.apply'] },
    'downscale.approved': { to: 'setting', does: ['limits.apply'] },
  },
  setting: {
    ...FOREIGN,
    'limits.applied': { to: 'set' },
    'limits.failed': { to: 'failing', does: ['+limits.retry'] },
    'limits.retry.due': IGNORED,
    'size.assumed': IGNORED,
    'upscale.notified': IGNORED,
    'vm.informed': IGNORED,
    'downscale.approved': IGNORED,
  },
  set: {
    ...FOREIGN,
    'limits.applied': IGNORED,
    'limits.failed': IGNORED,
    'limits.retry.due': IGNORED,
    'size.assumed': IGNORED,
    'upscale.notified': { to: 'setting', does: ['limits.apply'] },
    'vm.informed': { to: 'setting', does: ['limits.apply'] },
    'downscale.approved': IGNORED,
  },
  failing: {
    ...FOREIGN,
    'limits.applied': IGNORED,
    'limits.failed': IGNORED,
    'limits.retry.due': { to: 'setting', does: ['limits.apply'] },
    'size.assumed': IGNORED,
    'upscale.notified': IGNORED,
    'vm.informed': IGNORED,
    'downscale.approved': IGNORED,
  },
};

const config = { ...CHART_CONFIG, limits: true };
/** Two units are granted, and told to the limits. */
const told = context({ config, granted: units(2), limits: { wantedBytes: units(2).mem, failures: 0 } });

const CONTEXTS = { absent: context({ config }), setting: told, set: told, failing: told };

testTable('limits', TABLE, CONTEXTS, SAMPLES);
