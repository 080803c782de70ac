/** Every event in every state of the region `refusal`; other contexts are in refusal.cases.spec.ts. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { CHART_CONFIG, context, testTable, type Table } from '../../../support/chart';
import { SAMPLES } from '../../../support/chart-events';
import { ALL_IGNORED } from '../../../support/chart-ignored';

const RESTORES = { to: 'restoring', does: ['shmCap.remove', '-shmCap'] } as const;

const TABLE: Table<'shmCap'> = {
  observing: { ...ALL_IGNORED, 'monitor.started': { to: 'ready' } },
  ready: { ...ALL_IGNORED, 'escalation.changed': { to: 'capping', does: ['shmCap.apply'] } },
  capping: {
    ...ALL_IGNORED,
    'shmCap.applied': { to: 'capped', does: ['+shmCap'] },
    'shmCap.failed': { to: 'restoring', does: ['shmCap.remove'] },
  },
  capped: { ...ALL_IGNORED, 'shmCap.over': RESTORES, 'watchdog.lifted': RESTORES, 'watchdog.lost': RESTORES },
  restoring: {
    ...ALL_IGNORED,
    'shmCap.removed': { to: 'ready' },
    'shmCap.failed': { to: 'stuck', does: ['+shmCap.retry'] },
  },
  stuck: { ...ALL_IGNORED, 'shmCap.retry.due': { to: 'restoring', does: ['shmCap.remove'] } },
  resting: { ...ALL_IGNORED, 'shmCap.retry.due': { to: 'ready' } },
};

const refusing = (escalation: MonitorContext['escalation'], failures = 0): MonitorContext =>
  context({ config: { ...CHART_CONFIG, protect: 'full' }, escalation, shmCap: { failures } });

testTable(
  'shmCap',
  TABLE,
  {
    observing: refusing('none'),
    ready: refusing('none'),
    capping: refusing('shmCap'),
    capped: refusing('throttle'),
    restoring: refusing('none'),
    stuck: refusing('none', 1),
    resting: refusing('none', 1),
  },
  { ...SAMPLES, 'escalation.changed': { ...SAMPLES['escalation.changed'], level: 'shmCap' } },
);
