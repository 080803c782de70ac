/** What every event does in every state of the region `downscale`. */
import { context, testTable, type Table } from '../../../support/chart';
import { connection, units } from '../../../support/chart-events';
import { MIB } from '../../../../machines/shared/units';

const TABLE: Table<'downscale'> = {
  idle: {
    'downscale.requested': {
      to: 'shrinkingCache',
      does: ['+downscale'],
      changes: {
        downscale: {
          id: '6',
          target: units(1),
          targetDigits: '1073741824',
          cacheBytes: 512 * MIB,
          cacheTrouble: null,
        },
      },
    },
  },
  shrinkingCache: {
    'agent.connected': { to: 'idle', does: ['-downscale'], changes: { downscale: null } },
    'agent.lost': { to: 'idle', does: ['-downscale'], changes: { downscale: null } },
    'fileCache.notOffered': { to: 'judging' },
    'fileCache.resized': { to: 'judging' },
    'fileCache.failed': { to: 'idle', does: ['DownscaleResult', '-downscale'], changes: { downscale: null } },
    'fileCache.lost': { to: 'idle', does: ['DownscaleResult', '-downscale'], changes: { downscale: null } },
    'downscale.overdue': { to: 'idle', does: ['DownscaleResult', '-downscale'], changes: { downscale: null } },
    'downscale.requested': { to: 'shrinkingCache', does: ['DownscaleResult'] },
  },
  judging: {
    // The time for an answer runs on: without a sample it ends this state too.
    'agent.connected': { to: 'idle', does: ['-downscale'], changes: { downscale: null } },
    'agent.lost': { to: 'idle', does: ['-downscale'], changes: { downscale: null } },
    'downscale.requested': { to: 'judging', does: ['DownscaleResult'] },
    'downscale.judged': { to: 'idle', does: ['DownscaleResult', '-downscale'], changes: { downscale: null } },
  },
};

const granted = { conn: connection(), granted: units(3) };

const waiting = { id: '6', target: units(2), targetDigits: null, cacheBytes: 512 * MIB, cacheTrouble: null };

const CONTEXTS = {
  idle: context(granted),
  shrinkingCache: context({ ...granted, downscale: waiting }),
  judging: context({ ...granted, downscale: waiting }),
};

testTable('downscale', TABLE, CONTEXTS);
