/** Every event in every state of the region `hold`; other contexts are in hold.cases.spec.ts. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { CHART_CONFIG, context, testTable, type Table } from '../../../support/chart';
import { AT, SAMPLES } from '../../../support/chart-events';
import { ALL_IGNORED } from '../../../support/chart-ignored';

const ENDS = { to: 'ending', does: ['throttle.end', '-throttle'] } as const;

const TABLE: Table<'throttle'> = {
  observing: { ...ALL_IGNORED, 'monitor.started': { to: 'ready' } },
  ready: { ...ALL_IGNORED, 'escalation.changed': { to: 'starting', does: ['throttle.start', '+throttle'] } },
  starting: {
    ...ALL_IGNORED,
    'throttle.started': { to: 'throttling' },
    'throttle.failed': ENDS,
    'throttle.over': ENDS,
    'watchdog.lifted': ENDS,
    'watchdog.lost': ENDS,
    'throttle.blocked': ENDS,
  },
  throttling: {
    ...ALL_IGNORED,
    'throttle.over': ENDS,
    'watchdog.lifted': ENDS,
    'watchdog.lost': ENDS,
    'throttle.blocked': ENDS,
  },
  ending: {
    ...ALL_IGNORED,
    'throttle.ended': { to: 'released', does: ['+throttle.rest'] },
    'throttle.failed': { to: 'stuck', does: ['+throttle.retry'] },
  },
  stuck: { ...ALL_IGNORED, 'throttle.retry.due': ENDS },
  released: { ...ALL_IGNORED, 'throttle.rested': { to: 'ready' } },
};

const retaining = (differences: Partial<MonitorContext> = {}): MonitorContext =>
  context({
    config: { ...CHART_CONFIG, protect: 'throttle' },
    escalation: 'throttle',
    throttle: { past: [], since: AT - 100, failures: 0, blocked: false },
    ...differences,
  });

const atRest = retaining({ escalation: 'none', throttle: { past: [], since: null, failures: 0, blocked: false } });

testTable(
  'throttle',
  TABLE,
  {
    observing: atRest,
    ready: atRest,
    starting: retaining(),
    throttling: retaining(),
    ending: retaining(),
    stuck: retaining(),
    released: atRest,
  },
  SAMPLES,
);
