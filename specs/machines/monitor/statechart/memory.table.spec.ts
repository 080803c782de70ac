/** Every event in every state of the region `memory`. */
import type { StatechartEventType } from '../../../../machines/monitor/statechart/events';
import { context, IGNORED, testTable, type Table } from '../../../support/chart';
import { PROTECTION_IGNORED } from '../../../support/chart-ignored';
import { SAMPLES } from '../../../support/chart-events';

/** What other regions hear. */
const FOREIGN = {
  ...PROTECTION_IGNORED,
  'monitor.started': IGNORED,
  'handshake.started': IGNORED,
  'handshake.failed': IGNORED,
  'agent.connected': IGNORED,
  'agent.lost': IGNORED,
  'fileCache.connected': IGNORED,
  'fileCache.notOffered': IGNORED,
  'fileCache.resized': IGNORED,
  'fileCache.failed': IGNORED,
  'fileCache.lost': IGNORED,
  'quiet.over': IGNORED,
  'resend.due': IGNORED,
  'answer.overdue': IGNORED,
  'shrink.overdue': IGNORED,
  'downscale.overdue': IGNORED,
  'downscale.judged': IGNORED,
  'fileCache.retry.due': IGNORED,
  'upscale.notified': IGNORED,
  'downscale.requested': IGNORED,
  'health.checked': IGNORED,
  'request.rejected': IGNORED,
  'agent.failed': IGNORED,
  'scale.denied': IGNORED,
  'vm.informed': IGNORED,
  'frame.malformed': IGNORED,
  'desired.changed': IGNORED,
  'agent.spoke': IGNORED,
  'size.assumed': IGNORED,
  'size.observed': IGNORED,
  'agent.ready': IGNORED,
  'upscale.applied': IGNORED,
  'downscale.approved': IGNORED,
  'fileCache.wanted': IGNORED,
} as const satisfies Partial<Record<StatechartEventType, typeof IGNORED>>;

const TABLE: Table<'memory'> = {
  normal: {
    ...FOREIGN,
    'source.lost': { to: 'lost' },
    'source.found': IGNORED,
    'pressure.normal': IGNORED,
    'pressure.elevated': { to: 'elevated' },
    'pressure.critical': { to: 'critical' },
    'relief.over': IGNORED,
  },
  elevated: {
    ...FOREIGN,
    'source.lost': { to: 'lost' },
    'source.found': IGNORED,
    'pressure.normal': { to: 'normal' },
    'pressure.elevated': IGNORED,
    'pressure.critical': { to: 'critical' },
    'relief.over': IGNORED,
  },
  critical: {
    ...FOREIGN,
    'source.lost': { to: 'lost' },
    'source.found': IGNORED,
    'pressure.normal': { to: 'relieved', does: ['+relief'] },
    'pressure.elevated': { to: 'relieved', does: ['+relief'] },
    'pressure.critical': { to: 'critical' },
    'relief.over': IGNORED,
  },
  relieved: {
    ...FOREIGN,
    'source.lost': { to: 'lost', does: ['-relief'] },
    'source.found': IGNORED,
    'pressure.normal': { to: 'relieved' },
    'pressure.elevated': { to: 'relieved' },
    'pressure.critical': { to: 'critical', does: ['-relief'] },
    'relief.over': { to: 'normal', does: ['-relief'] },
  },
  lost: {
    ...FOREIGN,
    'source.lost': { to: 'lost' },
    'source.found': { to: 'normal' },
    'pressure.normal': { to: 'lost' },
    'pressure.elevated': { to: 'lost' },
    'pressure.critical': { to: 'critical' },
    'relief.over': IGNORED,
  },
};

testTable(
  'memory',
  TABLE,
  {
    normal: context(),
    elevated: context({ memory: 'elevated' }),
    critical: context({ memory: 'critical' }),
    relieved: context(),
    lost: context(),
  },
  SAMPLES,
);
