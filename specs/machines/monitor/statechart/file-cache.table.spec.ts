/** What every event does in every state of the region `fileCache`. */
import { context, testTable, type Table } from '../../../support/chart';
import { units } from '../../../support/chart-events';
import { MIB } from '../../../../machines/shared/units';
import type { MonitorContext } from '../../../../machines/monitor/statechart/context';

const TABLE: Table<'fileCache'> = {
  absent: {
    'monitor.started': { to: 'connecting', does: ['fileCache.connect'] },
    'fileCache.wanted': { to: 'absent', changes: { 'fileCache.wantedBytes': 512 * MIB } },
  },
  connecting: {
    'fileCache.connected': {
      to: 'resizing',
      does: ['fileCache.resize'],
      changes: { 'fileCache.requestedBytes': 256 * MIB },
    },
    'fileCache.notOffered': { to: 'vanilla', does: ['+fileCache.retry'] },
    'fileCache.failed': {
      to: 'failing',
      does: ['+fileCache.retry'],
      changes: { 'fileCache.failures': 1, 'fileCache.lastFailure': 'Postgres is down' },
    },
    'fileCache.wanted': { to: 'connecting', changes: { 'fileCache.wantedBytes': 512 * MIB } },
  },
  ready: {
    'fileCache.lost': {
      to: 'failing',
      does: ['+fileCache.retry'],
      changes: { 'fileCache.sizeBytes': null, 'fileCache.failures': 1, 'fileCache.lastFailure': 'connection reset' },
    },
    'fileCache.wanted': {
      to: 'resizing',
      does: ['fileCache.resize'],
      changes: { 'fileCache.wantedBytes': 512 * MIB, 'fileCache.requestedBytes': 512 * MIB },
    },
  },
  resizing: {
    'fileCache.notOffered': {
      to: 'vanilla',
      does: ['+fileCache.retry'],
      changes: { 'fileCache.requestedBytes': null },
    },
    'fileCache.resized': {
      to: 'ready',
      changes: { 'fileCache.requestedBytes': null, 'fileCache.sizeBytes': 256 * MIB },
    },
    'fileCache.failed': {
      to: 'failing',
      does: ['+fileCache.retry'],
      changes: { 'fileCache.failures': 1, 'fileCache.lastFailure': 'Postgres is down' },
    },
    'fileCache.wanted': { to: 'resizing', changes: { 'fileCache.wantedBytes': 512 * MIB } },
  },
  failing: {
    'fileCache.retry.due': { to: 'connecting', does: ['fileCache.connect'] },
    'fileCache.wanted': { to: 'failing', changes: { 'fileCache.wantedBytes': 512 * MIB } },
  },
  vanilla: {
    'fileCache.connected': {
      to: 'resizing',
      does: ['fileCache.resize'],
      changes: { 'fileCache.requestedBytes': 256 * MIB },
    },
    'fileCache.notOffered': { to: 'vanilla', does: ['+fileCache.retry'] },
    'fileCache.failed': {
      to: 'vanilla',
      does: ['+fileCache.retry'],
      changes: { 'fileCache.failures': 1, 'fileCache.lastFailure': 'Postgres is down' },
    },
    'fileCache.retry.due': { to: 'vanilla', does: ['fileCache.connect'] },
    'fileCache.wanted': { to: 'vanilla', changes: { 'fileCache.wantedBytes': 512 * MIB } },
  },
};

const cache = (differences: Partial<MonitorContext['fileCache']>): MonitorContext =>
  context({
    granted: units(2),
    fileCache: {
      wantedBytes: 256 * MIB,
      requestedBytes: null,
      sizeBytes: null,
      failures: 0,
      lastFailure: null,
      ...differences,
    },
  });

const CONTEXTS = {
  absent: cache({}),
  connecting: cache({}),
  ready: cache({ sizeBytes: 256 * MIB }),
  resizing: cache({ requestedBytes: 256 * MIB }),
  failing: cache({ failures: 1, lastFailure: 'Postgres is down' }),
  vanilla: cache({}),
};

/** The region `sizing` wants the cache that fits a size which the agent tells. */
const TOGETHER: Partial<Table<'fileCache'>> = {
  ready: {
    'vm.informed': {
      to: 'resizing',
      does: ['fileCache.resize'],
      changes: {
        granted: units(3),
        agentMax: units(8),
        etaMs: 900,
        'fileCache.wantedBytes': 2120 * MIB,
        'fileCache.requestedBytes': 2120 * MIB,
      },
    },
  },
};

testTable('fileCache', TABLE, CONTEXTS, { together: TOGETHER });
