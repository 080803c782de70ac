/** What every event does in every state of the region `downscale`. */
import { context, testTable, type Table } from '../../../support/chart';
import { connection, units } from '../../../support/chart-events';

const TABLE: Table<'downscale'> = {
  idle: {
    'downscale.requested': {
      to: 'shrinkingCache',
      does: ['+downscale'],
      changes: { downscale: { id: '6', target: units(1), targetDigits: '1073741824', cacheTrouble: null } },
    },
  },
  shrinkingCache: {
    'agent.connected': { to: 'idle', does: ['-downscale'], changes: { downscale: null } },
    'agent.lost': { to: 'idle', does: ['-downscale'], changes: { downscale: null } },
    'fileCache.notOffered': { to: 'judging', does: ['-downscale'] },
    'fileCache.resized': { to: 'judging', does: ['-downscale'] },
    'fileCache.failed': { to: 'idle', does: ['DownscaleResult', '-downscale'], changes: { downscale: null } },
    'fileCache.lost': { to: 'idle', does: ['DownscaleResult', '-downscale'], changes: { downscale: null } },
    'downscale.overdue': { to: 'idle', does: ['DownscaleResult', '-downscale'], changes: { downscale: null } },
    'downscale.requested': { to: 'shrinkingCache', does: ['DownscaleResult'] },
  },
  judging: {
    'downscale.judged': { to: 'idle', does: ['DownscaleResult'], changes: { downscale: null } },
  },
};

const granted = { conn: connection(), granted: units(3) };

const waiting = { id: '6', target: units(2), targetDigits: null, cacheTrouble: null };

const CONTEXTS = {
  idle: context(granted),
  shrinkingCache: context({ ...granted, downscale: waiting }),
  judging: context({ ...granted, downscale: waiting }),
};

testTable('downscale', TABLE, CONTEXTS);
