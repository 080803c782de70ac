/** Every event in every state of the region `limits`; other contexts are in limits.cases.spec.ts. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { GIB } from '../../../../machines/shared/units';
import { CHART_CONFIG, context, testTable, type Table } from '../../../support/chart';
import { SAMPLES } from '../../../support/chart-events';
import { ALL_IGNORED } from '../../../support/chart-ignored';

const TABLE: Table<'limits'> = {
  absent: {
    ...ALL_IGNORED,
    'limits.wanted': { to: 'setting', does: ['limits.apply'] },
    'upscale.notified': { to: 'absent' },
  },
  setting: {
    ...ALL_IGNORED,
    'limits.wanted': { to: 'setting' },
    'limits.applied': { to: 'set' },
    'limits.failed': { to: 'failing', does: ['+limits.retry'] },
    'upscale.notified': { to: 'setting' },
  },
  set: {
    ...ALL_IGNORED,
    'limits.wanted': { to: 'setting', does: ['limits.apply'] },
    'upscale.notified': { to: 'setting', does: ['limits.apply'] },
    'watchdog.lifted': { to: 'setting', does: ['limits.apply'] },
    'watchdog.lost': { to: 'setting', does: ['limits.apply'] },
  },
  failing: {
    ...ALL_IGNORED,
    'limits.wanted': { to: 'failing' },
    'limits.retry.due': { to: 'setting', does: ['limits.apply'] },
    'upscale.notified': { to: 'failing' },
  },
};

const limits = (differences: Partial<MonitorContext['limits']> = {}): MonitorContext =>
  context({
    config: { ...CHART_CONFIG, protect: 'tripwire', hardLimit: true },
    limits: { wantedBytes: GIB, appliedBytes: GIB, failures: 0, ...differences },
  });

testTable(
  'limits',
  TABLE,
  {
    absent: limits({ wantedBytes: null, appliedBytes: null }),
    setting: limits(),
    set: limits(),
    failing: limits({ failures: 1 }),
  },
  SAMPLES,
);
