/** What every event does in every state of the region `memory`. */
import { context, testTable, type Table } from '../../../support/chart';

const TABLE: Table<'memory'> = {
  normal: {
    'source.lost': { to: 'lost' },
    'pressure.elevated': { to: 'elevated', changes: { memory: 'elevated' } },
    'pressure.critical': { to: 'critical', changes: { memory: 'critical' } },
  },
  elevated: {
    'source.lost': { to: 'lost' },
    'pressure.normal': { to: 'normal', changes: { memory: 'normal' } },
    'pressure.critical': { to: 'critical', changes: { memory: 'critical' } },
  },
  critical: {
    'source.lost': { to: 'lost' },
    'pressure.normal': { to: 'relieved', does: ['+relief'], changes: { memory: 'normal' } },
    'pressure.elevated': { to: 'relieved', does: ['+relief'], changes: { memory: 'elevated' } },
  },
  relieved: {
    'source.lost': { to: 'lost', does: ['-relief'] },
    'relief.over': { to: 'normal', does: ['-relief'] },
    'pressure.elevated': { to: 'relieved', changes: { memory: 'elevated' } },
    'pressure.critical': { to: 'critical', does: ['-relief'], changes: { memory: 'critical' } },
  },
  lost: {
    'source.found': { to: 'normal' },
    'pressure.elevated': { to: 'lost', changes: { memory: 'elevated' } },
    'pressure.critical': { to: 'critical', changes: { memory: 'critical' } },
  },
};

testTable('memory', TABLE, {
  normal: context(),
  elevated: context({ memory: 'elevated' }),
  critical: context({ memory: 'critical' }),
  relieved: context(),
  lost: context(),
});
