/** Every event in every state of the region `memory`. */
import type { ChartEventType } from '../../../../machines/monitor/statechart/events';
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
  'size.seen': IGNORED,
  'agent.ready': IGNORED,
  'upscale.applied': IGNORED,
  'downscale.approved': IGNORED,
  'fileCache.wanted': IGNORED,
} as const satisfies Partial<Record<ChartEventType, typeof IGNORED>>;

const TABLE: Table<'memory'> = {
  calm: {
    ...FOREIGN,
    'source.lost': { to: 'lost' },
    'source.found': IGNORED,
    'memory.calmed': IGNORED,
    'memory.watched': { to: 'watchful' },
    'memory.breached': { to: 'breached' },
    'relief.over': IGNORED,
  },
  watchful: {
    ...FOREIGN,
    'source.lost': { to: 'lost' },
    'source.found': IGNORED,
    'memory.calmed': { to: 'calm' },
    'memory.watched': IGNORED,
    'memory.breached': { to: 'breached' },
    'relief.over': IGNORED,
  },
  breached: {
    ...FOREIGN,
    'source.lost': { to: 'lost' },
    'source.found': IGNORED,
    'memory.calmed': { to: 'relieved', does: ['+relief'] },
    'memory.watched': { to: 'relieved', does: ['+relief'] },
    'memory.breached': { to: 'breached' },
    'relief.over': IGNORED,
  },
  relieved: {
    ...FOREIGN,
    'source.lost': { to: 'lost', does: ['-relief'] },
    'source.found': IGNORED,
    'memory.calmed': { to: 'relieved' },
    'memory.watched': { to: 'relieved' },
    'memory.breached': { to: 'breached', does: ['-relief'] },
    'relief.over': { to: 'calm', does: ['-relief'] },
  },
  lost: {
    ...FOREIGN,
    'source.lost': { to: 'lost' },
    'source.found': { to: 'calm' },
    'memory.calmed': { to: 'lost' },
    'memory.watched': { to: 'lost' },
    'memory.breached': { to: 'breached' },
    'relief.over': IGNORED,
  },
};

testTable(
  'memory',
  TABLE,
  {
    calm: context(),
    watchful: context({ memory: 'watchful' }),
    breached: context({ memory: 'breached' }),
    relieved: context(),
    lost: context(),
  },
  SAMPLES,
);
