/** What every event does in every state of the region `tripwire`; other contexts are in tripwire.cases.spec.ts. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { MIB } from '../../../../machines/shared/units';
import { CHART_CONFIG, context, testTable, type Table } from '../../../support/chart';

const WANTED = { 'tripwire.wantedBytes': 900 * MIB };
/** Neither wanted nor armed any more. */
const FORGOTTEN = { 'tripwire.wantedBytes': null, 'tripwire.armedBytes': null };

const TABLE: Table<'tripwire'> = {
  absent: {
    'tripwire.wanted': {
      to: 'arming',
      does: ['tripwire.arm'],
      changes: { ...WANTED, 'tripwire.armedBytes': 900 * MIB },
    },
  },
  lifted: {
    'tripwire.wanted': {
      to: 'arming',
      does: ['tripwire.arm'],
      changes: { ...WANTED, 'tripwire.armedBytes': 900 * MIB },
    },
  },
  arming: {
    'tripwire.wanted': { to: 'arming', changes: WANTED },
    'tripwire.armed': { to: 'armed' },
    'tripwire.tripped': { to: 'arming', changes: FORGOTTEN },
    'tripwire.failed': {
      to: 'lifting',
      does: ['tripwire.lift'],
      changes: { ...FORGOTTEN, 'tripwire.failures': 1 },
    },
    'watchdog.lifted': { to: 'arming', changes: FORGOTTEN },
    'watchdog.lost': { to: 'arming', changes: FORGOTTEN },
    'upscale.notified': { to: 'arming', changes: FORGOTTEN },
  },
  armed: {
    'tripwire.wanted': {
      to: 'arming',
      does: ['tripwire.arm'],
      changes: { ...WANTED, 'tripwire.armedBytes': 900 * MIB },
    },
    'tripwire.tripped': { to: 'lifted', changes: FORGOTTEN },
    'watchdog.lifted': { to: 'lifted', changes: FORGOTTEN },
    'watchdog.lost': {
      to: 'lifting',
      does: ['tripwire.lift'],
      changes: FORGOTTEN,
    },
    'upscale.notified': {
      to: 'lifting',
      does: ['tripwire.lift'],
      changes: FORGOTTEN,
    },
  },
  lifting: {
    'tripwire.wanted': { to: 'lifting', changes: WANTED },
    'tripwire.lifted': { to: 'lifted' },
    'tripwire.failed': { to: 'stuck', does: ['+tripwire.retry'], changes: { 'tripwire.failures': 1 } },
  },
  stuck: {
    'tripwire.wanted': { to: 'stuck', changes: WANTED },
    'tripwire.retry.due': { to: 'lifting', does: ['tripwire.lift'] },
  },
  resting: {
    'tripwire.wanted': { to: 'resting', changes: WANTED },
    'tripwire.retry.due': { to: 'lifted' },
  },
};

const wire = (differences: Partial<MonitorContext['tripwire']> = {}): MonitorContext =>
  context({
    config: { ...CHART_CONFIG, protect: 'tripwire' },
    tripwire: { wantedBytes: null, armedBytes: null, failures: 0, ...differences },
  });

const standing = wire({ wantedBytes: 800 * MIB, armedBytes: 800 * MIB });

testTable('tripwire', TABLE, {
  absent: wire(),
  lifted: wire(),
  arming: standing,
  armed: standing,
  lifting: wire(),
  stuck: wire({ failures: 1 }),
  resting: wire({ failures: 1 }),
});
