/** What every event does in every state of the region `throttle`; other contexts are in throttle.cases.spec.ts. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { CHART_CONFIG, context, testTable, type Table } from '../../../support/chart';
import { AT } from '../../../support/chart-events';

const ENDS = { to: 'ending', does: ['throttle.end', '-throttle'] } as const;

const TABLE: Table<'throttle'> = {
  observing: {
    'monitor.started': { to: 'ready' },
  },
  ready: {
    'escalation.changed': { to: 'starting', does: ['throttle.start', '+throttle'], changes: { 'throttle.since': AT } },
  },
  starting: {
    'throttle.started': { to: 'throttling' },
    'throttle.failed': { ...ENDS, changes: { 'throttle.failures': 1 } },
    'throttle.over': ENDS,
    'throttle.blocked': { ...ENDS, changes: { 'throttle.blocked': true } },
    'watchdog.lifted': ENDS,
    'watchdog.lost': ENDS,
  },
  throttling: {
    'throttle.over': ENDS,
    'throttle.blocked': { ...ENDS, changes: { 'throttle.blocked': true } },
    'watchdog.lifted': ENDS,
    'watchdog.lost': ENDS,
  },
  ending: {
    'throttle.ended': {
      to: 'released',
      does: ['+throttle.rest'],
      changes: { 'throttle.past': [{ from: AT - 100, until: AT }], 'throttle.since': null },
    },
    'throttle.failed': { to: 'stuck', does: ['+throttle.retry'], changes: { 'throttle.failures': 1 } },
  },
  stuck: {
    'throttle.retry.due': ENDS,
  },
  released: {
    'throttle.rested': { to: 'ready' },
  },
};

const throttling = (differences: Partial<MonitorContext> = {}): MonitorContext =>
  context({
    config: { ...CHART_CONFIG, protect: 'throttle' },
    escalation: 'throttle',
    throttle: { past: [], since: AT - 100, failures: 0, blocked: false },
    ...differences,
  });

const atRest = throttling({ escalation: 'none', throttle: { past: [], since: null, failures: 0, blocked: false } });

testTable('throttle', TABLE, {
  observing: atRest,
  ready: atRest,
  starting: throttling(),
  throttling: throttling(),
  ending: throttling(),
  stuck: throttling(),
  released: atRest,
});
