/** Every event in every state of the region `refusal`; other contexts are in refusal.cases.spec.ts. */
import type { ChartContext } from '../../../../machines/monitor/statechart/context';
import { CHART_CONFIG, context, testTable, type Table } from '../../../support/chart';
import { SAMPLES } from '../../../support/chart-events';
import { ALL_IGNORED } from '../../../support/chart-ignored';

const RESTORES = { to: 'restoring', does: ['sharedMemory.restore', '-refusal'] } as const;

const TABLE: Table<'refusal'> = {
  observing: { ...ALL_IGNORED, 'monitor.started': { to: 'ready' } },
  ready: { ...ALL_IGNORED, 'danger.changed': { to: 'capping', does: ['sharedMemory.cap'] } },
  capping: {
    ...ALL_IGNORED,
    'sharedMemory.capped': { to: 'refusing', does: ['+refusal'] },
    'sharedMemory.failed': { to: 'restoring', does: ['sharedMemory.restore'] },
  },
  refusing: { ...ALL_IGNORED, 'refusal.over': RESTORES, 'guard.lifted': RESTORES, 'guard.lost': RESTORES },
  restoring: {
    ...ALL_IGNORED,
    'sharedMemory.restored': { to: 'ready' },
    'sharedMemory.failed': { to: 'stuck', does: ['+refusal.retry'] },
  },
  stuck: { ...ALL_IGNORED, 'refusal.retry.due': { to: 'restoring', does: ['sharedMemory.restore'] } },
  resting: { ...ALL_IGNORED, 'refusal.retry.due': { to: 'ready' } },
};

const refusing = (danger: ChartContext['danger'], failures = 0): ChartContext =>
  context({ config: { ...CHART_CONFIG, protect: 'full' }, danger, refusal: { failures } });

testTable(
  'refusal',
  TABLE,
  {
    observing: refusing('none'),
    ready: refusing('none'),
    capping: refusing('refuse'),
    refusing: refusing('hold'),
    restoring: refusing('none'),
    stuck: refusing('none', 1),
    resting: refusing('none', 1),
  },
  { ...SAMPLES, 'danger.changed': { ...SAMPLES['danger.changed'], danger: 'refuse' } },
);
