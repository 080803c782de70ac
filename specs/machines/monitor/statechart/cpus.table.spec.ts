/** What every event does in every state of the region `cpus`; other contexts are in cpus.cases.spec.ts. */
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';
import { CHART_CONFIG, context, testTable, type Table } from '../../../support/chart';
import { AT, units } from '../../../support/chart-events';

const FOUR = { count: 4, surplus: 'keep' } as const;
const ONE = { count: 1, surplus: 'keep' } as const;
/** Only an approved downscale takes CPUs offline. */
const ONE_ONLINE = { count: 1, surplus: 'offline' } as const;

const TABLE: Table<'cpus'> = {
  absent: {
    'monitor.started': { to: 'applying', does: ['cpus.apply'], changes: { 'cpus.wanted': FOUR, 'cpus.applied': FOUR } },
    'upscale.notified': { to: 'absent', changes: { 'cpus.wanted': ONE } },
    'vm.informed': { to: 'absent', changes: { 'cpus.wanted': ONE } },
    'downscale.approved': { to: 'absent', changes: { 'cpus.wanted': ONE_ONLINE } },
  },
  applying: {
    'cpus.applied': { to: 'applied', changes: { 'cpus.online': 4 } },
    'cpus.failed': { to: 'failing', does: ['+cpus.retry'], changes: { 'cpus.failures': 1 } },
    'upscale.notified': { to: 'applying', changes: { 'cpus.wanted': ONE } },
    'vm.informed': { to: 'applying', changes: { 'cpus.wanted': ONE } },
    'downscale.approved': { to: 'applying', changes: { 'cpus.wanted': ONE_ONLINE } },
  },
  applied: {
    'cpus.missing': { to: 'failing', does: ['+cpus.retry'], changes: { 'cpus.online': null, 'cpus.failures': 1 } },
    'upscale.notified': {
      to: 'applying',
      does: ['cpus.apply'],
      changes: { 'cpus.wanted': ONE, 'cpus.applied': ONE, 'cpus.online': null },
    },
    'vm.informed': {
      to: 'applying',
      does: ['cpus.apply'],
      changes: { 'cpus.wanted': ONE, 'cpus.applied': ONE, 'cpus.online': null },
    },
    'downscale.approved': {
      to: 'applying',
      does: ['cpus.apply'],
      changes: { 'cpus.wanted': ONE_ONLINE, 'cpus.applied': ONE_ONLINE, 'cpus.online': null },
    },
  },
  failing: {
    'cpus.retry.due': { to: 'applying', does: ['cpus.apply', '-cpus.retry'] },
    'upscale.notified': {
      to: 'applying',
      does: ['cpus.apply', '-cpus.retry'],
      changes: { 'cpus.wanted': ONE, 'cpus.applied': ONE },
    },
    'vm.informed': {
      to: 'applying',
      does: ['cpus.apply', '-cpus.retry'],
      changes: { 'cpus.wanted': ONE, 'cpus.applied': ONE },
    },
    'downscale.approved': {
      to: 'applying',
      does: ['cpus.apply', '-cpus.retry'],
      changes: { 'cpus.wanted': ONE_ONLINE, 'cpus.applied': ONE_ONLINE },
    },
  },
};

/** The region `downscale` approves the request within the same step. */
const APPROVED = {
  granted: units(1),
  shrink: { from: units(16), to: units(1), since: AT },
  'cpus.wanted': ONE_ONLINE,
  'cpus.applied': ONE_ONLINE,
};
const TOGETHER: Partial<Table<'cpus'>> = {
  applied: {
    'downscale.requested': { to: 'applying', does: ['cpus.apply'], changes: { ...APPROVED, 'cpus.online': null } },
  },
  failing: {
    'downscale.requested': { to: 'applying', does: ['cpus.apply', '-cpus.retry'], changes: APPROVED },
  },
};

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
  { together: TOGETHER },
);
