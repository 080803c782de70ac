/** What every event does in every state of the region `memory`. */
import { context, testTable, type Table } from '../../../support/chart';

/** What memory ends for want of is told whatever its level. */
const LACKING = { lack: { of: 'kernelZones', path: null } };

const TABLE: Table<'memory'> = {
  normal: {
    'lack.changed': { to: 'normal', changes: LACKING },
    'source.lost': { to: 'lost' },
    'pressure.elevated': { to: 'elevated', changes: { memory: 'elevated' } },
    'pressure.critical': { to: 'critical', changes: { memory: 'critical' } },
  },
  elevated: {
    'lack.changed': { to: 'elevated', changes: LACKING },
    'source.lost': { to: 'lost' },
    'pressure.normal': { to: 'normal', changes: { memory: 'normal' } },
    'pressure.critical': { to: 'critical', changes: { memory: 'critical' } },
  },
  critical: {
    'lack.changed': { to: 'critical', changes: LACKING },
    'source.lost': { to: 'lost' },
    'pressure.normal': { to: 'relieved', does: ['+relief'], changes: { memory: 'normal' } },
    'pressure.elevated': { to: 'relieved', does: ['+relief'], changes: { memory: 'elevated' } },
  },
  relieved: {
    'lack.changed': { to: 'relieved', changes: LACKING },
    'source.lost': { to: 'lost', does: ['-relief'] },
    'relief.over': { to: 'normal', does: ['-relief'] },
    'pressure.elevated': { to: 'relieved', changes: { memory: 'elevated' } },
    'pressure.critical': { to: 'critical', does: ['-relief'], changes: { memory: 'critical' } },
  },
  lost: {
    'lack.changed': { to: 'lost', changes: LACKING },
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
