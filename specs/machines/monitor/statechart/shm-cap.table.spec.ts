/** What every event does in every state of the region `shmCap`; other contexts are in shm-cap.cases.spec.ts. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { CHART_CONFIG, context, testTable, type Table } from '../../../support/chart';
import { SAMPLES } from '../../../support/chart-events';

const RESTORES = { to: 'restoring', does: ['shmCap.remove', '-shmCap'] } as const;

const TABLE: Table<'shmCap'> = {
  observing: {
    'monitor.started': { to: 'ready' },
  },
  ready: {
    'escalation.changed': { to: 'capping', does: ['shmCap.apply'] },
  },
  capping: {
    'shmCap.applied': { to: 'capped', does: ['+shmCap'] },
    'shmCap.failed': { to: 'restoring', does: ['shmCap.remove'], changes: { 'shmCap.failures': 1 } },
  },
  capped: {
    'shmCap.over': RESTORES,
    'watchdog.lifted': RESTORES,
    'watchdog.lost': RESTORES,
  },
  restoring: {
    'shmCap.removed': { to: 'ready' },
    'shmCap.failed': { to: 'stuck', does: ['+shmCap.retry'], changes: { 'shmCap.failures': 1 } },
  },
  stuck: {
    'shmCap.retry.due': { to: 'restoring', does: ['shmCap.remove'] },
  },
  resting: {
    'shmCap.retry.due': { to: 'ready' },
  },
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
  { events: { 'escalation.changed': { ...SAMPLES['escalation.changed'], level: 'shmCap' } } },
);
