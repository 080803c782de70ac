/** Every event in every state of the region `cpus`; other contexts are in cpus.cases.spec.ts. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { CHART_CONFIG, context, testTable, type Table } from '../../../support/chart';
import { SAMPLES, units } from '../../../support/chart-events';
import { ALL_IGNORED } from '../../../support/chart-ignored';

const TABLE: Table<'cpus'> = {
  absent: {
    ...ALL_IGNORED,
    'monitor.started': { to: 'applying', does: ['cpus.apply'] },
    'upscale.notified': { to: 'absent' },
    'vm.informed': { to: 'absent' },
    'downscale.approved': { to: 'absent' },
  },
  applying: {
    ...ALL_IGNORED,
    'cpus.applied': { to: 'applied' },
    'cpus.failed': { to: 'failing', does: ['+cpus.retry'] },
    'upscale.notified': { to: 'applying' },
    'vm.informed': { to: 'applying' },
    'downscale.approved': { to: 'applying' },
  },
  applied: {
    ...ALL_IGNORED,
    'cpus.missing': { to: 'failing', does: ['+cpus.retry'] },
    'upscale.notified': { to: 'applying', does: ['cpus.apply'] },
    'vm.informed': { to: 'applying', does: ['cpus.apply'] },
    'downscale.approved': { to: 'applying', does: ['cpus.apply'] },
    // Approved within the same step.
    'downscale.requested': { to: 'applying', does: ['cpus.apply'] },
  },
  failing: {
    ...ALL_IGNORED,
    'cpus.retry.due': { to: 'applying', does: ['cpus.apply', '-cpus.retry'] },
    'upscale.notified': { to: 'applying', does: ['cpus.apply', '-cpus.retry'] },
    'vm.informed': { to: 'applying', does: ['cpus.apply', '-cpus.retry'] },
    'downscale.approved': { to: 'applying', does: ['cpus.apply', '-cpus.retry'] },
    'downscale.requested': { to: 'applying', does: ['cpus.apply', '-cpus.retry'] },
  },
};

const FOUR = { count: 4, surplus: 'keep' } as const;

const cpus = (differences: Partial<MonitorContext['cpus']> = {}): MonitorContext =>
  context({
    config: { ...CHART_CONFIG, fileCache: 'absent', hotplugCpus: true },
    granted: units(16),
    cpus: { wanted: FOUR, applied: FOUR, online: null, failures: 0, ...differences },
  });

testTable(
  'cpus',
  TABLE,
  {
    absent: cpus({ wanted: null, applied: null }),
    applying: cpus(),
    applied: cpus({ online: 4 }),
    failing: cpus({ failures: 1 }),
  },
  SAMPLES,
);
