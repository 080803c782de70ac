/** Every event in every state of the region `tripwire`; other contexts are in tripwire.cases.spec.ts. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { MIB } from '../../../../machines/shared/units';
import { CHART_CONFIG, context, testTable, type Table } from '../../../support/chart';
import { SAMPLES } from '../../../support/chart-events';
import { ALL_IGNORED } from '../../../support/chart-ignored';

const TABLE: Table<'tripwire'> = {
  absent: { ...ALL_IGNORED, 'tripwire.wanted': { to: 'arming', does: ['tripwire.arm'] } },
  lifted: { ...ALL_IGNORED, 'tripwire.wanted': { to: 'arming', does: ['tripwire.arm'] } },
  arming: {
    ...ALL_IGNORED,
    'tripwire.wanted': { to: 'arming' },
    'tripwire.armed': { to: 'armed' },
    'tripwire.failed': { to: 'lifting', does: ['tripwire.lift'] },
    'tripwire.tripped': { to: 'arming' },
    'watchdog.lifted': { to: 'arming' },
    'watchdog.lost': { to: 'arming' },
    'upscale.notified': { to: 'arming' },
  },
  armed: {
    ...ALL_IGNORED,
    'tripwire.wanted': { to: 'arming', does: ['tripwire.arm'] },
    'tripwire.tripped': { to: 'lifted' },
    'watchdog.lifted': { to: 'lifted' },
    'watchdog.lost': { to: 'lifting', does: ['tripwire.lift'] },
    'upscale.notified': { to: 'lifting', does: ['tripwire.lift'] },
  },
  lifting: {
    ...ALL_IGNORED,
    'tripwire.wanted': { to: 'lifting' },
    'tripwire.lifted': { to: 'lifted' },
    'tripwire.failed': { to: 'stuck', does: ['+tripwire.retry'] },
  },
  stuck: {
    ...ALL_IGNORED,
    'tripwire.wanted': { to: 'stuck' },
    'tripwire.retry.due': { to: 'lifting', does: ['tripwire.lift'] },
  },
  resting: {
    ...ALL_IGNORED,
    'tripwire.wanted': { to: 'resting' },
    'tripwire.retry.due': { to: 'lifted' },
  },
};

const wire = (differences: Partial<MonitorContext['tripwire']> = {}): MonitorContext =>
  context({
    config: { ...CHART_CONFIG, protect: 'tripwire' },
    tripwire: { wantedBytes: null, armedBytes: null, failures: 0, ...differences },
  });

const standing = wire({ wantedBytes: 800 * MIB, armedBytes: 800 * MIB });

testTable(
  'tripwire',
  TABLE,
  {
    absent: wire(),
    lifted: wire(),
    arming: standing,
    armed: standing,
    lifting: wire(),
    stuck: wire({ failures: 1 }),
    resting: wire({ failures: 1 }),
  },
  SAMPLES,
);
