/** Every event in every state of the region `hold`; other contexts are in hold.cases.spec.ts. */
import type { ChartContext } from '../../../../machines/monitor/statechart/context';
import { CHART_CONFIG, context, testTable, type Table } from '../../../support/chart';
import { AT, SAMPLES } from '../../../support/chart-events';
import { ALL_IGNORED } from '../../../support/chart-ignored';

const ENDS = { to: 'ending', does: ['hold.end', '-hold'] } as const;

const TABLE: Table<'hold'> = {
  observing: { ...ALL_IGNORED, 'monitor.started': { to: 'ready' } },
  ready: { ...ALL_IGNORED, 'danger.changed': { to: 'starting', does: ['hold.start', '+hold'] } },
  starting: {
    ...ALL_IGNORED,
    'hold.started': { to: 'holding' },
    'hold.failed': ENDS,
    'hold.over': ENDS,
    'guard.lifted': ENDS,
    'guard.lost': ENDS,
    'throttle.blocked': ENDS,
  },
  holding: { ...ALL_IGNORED, 'hold.over': ENDS, 'guard.lifted': ENDS, 'guard.lost': ENDS, 'throttle.blocked': ENDS },
  ending: {
    ...ALL_IGNORED,
    'hold.ended': { to: 'released', does: ['+hold.rest'] },
    'hold.failed': { to: 'stuck', does: ['+hold.retry'] },
  },
  stuck: { ...ALL_IGNORED, 'hold.retry.due': ENDS },
  released: { ...ALL_IGNORED, 'hold.rested': { to: 'ready' } },
};

const holding = (differences: Partial<ChartContext> = {}): ChartContext =>
  context({
    config: { ...CHART_CONFIG, protect: 'hold' },
    danger: 'hold',
    hold: { past: [], since: AT - 100, failures: 0, blocked: false },
    ...differences,
  });

const atRest = holding({ danger: 'none', hold: { past: [], since: null, failures: 0, blocked: false } });

testTable(
  'hold',
  TABLE,
  {
    observing: atRest,
    ready: atRest,
    starting: holding(),
    holding: holding(),
    ending: holding(),
    stuck: holding(),
    released: atRest,
  },
  SAMPLES,
);
