/** What every event does in every state of the region `limits`; other contexts are in limits.cases.spec.ts. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { GIB } from '../../../../machines/shared/units';
import { CHART_CONFIG, context, testTable, type Table } from '../../../support/chart';

const TABLE: Table<'limits'> = {
  absent: {
    'limits.wanted': {
      to: 'setting',
      does: ['limits.apply'],
      changes: { 'limits.wantedBytes': 2 * GIB, 'limits.appliedBytes': 2 * GIB },
    },
  },
  setting: {
    'limits.applied': { to: 'set' },
    'limits.failed': { to: 'failing', does: ['+limits.retry'], changes: { 'limits.failures': 1 } },
    'limits.wanted': { to: 'setting', changes: { 'limits.wantedBytes': 2 * GIB } },
    'upscale.notified': { to: 'setting', changes: { 'limits.wantedBytes': null } },
  },
  set: {
    'limits.wanted': {
      to: 'setting',
      does: ['limits.apply'],
      changes: { 'limits.wantedBytes': 2 * GIB, 'limits.appliedBytes': 2 * GIB },
    },
    'watchdog.lifted': { to: 'setting', does: ['limits.apply'] },
    'watchdog.lost': { to: 'setting', does: ['limits.apply'] },
    'upscale.notified': {
      to: 'setting',
      does: ['limits.apply'],
      changes: { 'limits.wantedBytes': null, 'limits.appliedBytes': null },
    },
  },
  failing: {
    'limits.wanted': { to: 'failing', changes: { 'limits.wantedBytes': 2 * GIB } },
    'limits.retry.due': { to: 'setting', does: ['limits.apply'] },
    'upscale.notified': { to: 'failing', changes: { 'limits.wantedBytes': null } },
  },
};

const limits = (differences: Partial<MonitorContext['limits']> = {}): MonitorContext =>
  context({
    config: { ...CHART_CONFIG, protect: 'tripwire', hardLimit: true },
    limits: { wantedBytes: GIB, appliedBytes: GIB, failures: 0, ...differences },
  });

testTable('limits', TABLE, {
  absent: limits({ wantedBytes: null, appliedBytes: null }),
  setting: limits(),
  set: limits(),
  failing: limits({ failures: 1 }),
});
