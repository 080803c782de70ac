/** Every event in every state of the region `agent`. */
import type { StatechartEventType } from '../../../../machines/monitor/statechart/events';
import { context, IGNORED, testTable, type Table } from '../../../support/chart';
import { PROTECTION_IGNORED } from '../../../support/chart-ignored';
import { connection, SAMPLES } from '../../../support/chart-events';

/** What other regions hear. */
const FOREIGN = {
  ...PROTECTION_IGNORED,
  'monitor.started': IGNORED,
  'source.lost': IGNORED,
  'source.found': IGNORED,
  'fileCache.connected': IGNORED,
  'fileCache.notOffered': IGNORED,
  'fileCache.resized': IGNORED,
  'fileCache.failed': IGNORED,
  'fileCache.lost': IGNORED,
  'resend.due': IGNORED,
  'answer.overdue': IGNORED,
  'shrink.overdue': IGNORED,
  'downscale.overdue': IGNORED,
  'downscale.judged': IGNORED,
  'relief.over': IGNORED,
  'fileCache.retry.due': IGNORED,
  'upscale.notified': IGNORED,
  'downscale.requested': IGNORED,
  'request.rejected': IGNORED,
  'agent.failed': IGNORED,
  'scale.denied': IGNORED,
  'vm.informed': IGNORED,
  'desired.changed': IGNORED,
  'pressure.normal': IGNORED,
  'pressure.elevated': IGNORED,
  'pressure.critical': IGNORED,
  'size.assumed': IGNORED,
  'size.observed': IGNORED,
  'agent.ready': IGNORED,
  'upscale.applied': IGNORED,
  'downscale.approved': IGNORED,
  'fileCache.wanted': IGNORED,
} as const satisfies Partial<Record<StatechartEventType, typeof IGNORED>>;

const TABLE: Table<'agent'> = {
  listening: {
    ...FOREIGN,
    'handshake.started': { to: 'handshaking' },
    'handshake.failed': IGNORED,
    'agent.connected': { to: 'connected.v1_1', does: ['+quiet'] },
    'agent.lost': IGNORED,
    'agent.spoke': IGNORED,
    'quiet.over': IGNORED,
    'health.checked': IGNORED,
    'frame.malformed': IGNORED,
  },
  handshaking: {
    ...FOREIGN,
    'handshake.started': IGNORED,
    'handshake.failed': { to: 'listening' },
    'agent.connected': { to: 'connected.v1_1', does: ['+quiet'] },
    'agent.lost': IGNORED,
    'agent.spoke': IGNORED,
    'quiet.over': IGNORED,
    'health.checked': IGNORED,
    'frame.malformed': IGNORED,
  },
  'connected.v1_0': {
    ...FOREIGN,
    'handshake.started': IGNORED,
    'handshake.failed': IGNORED,
    'agent.connected': { to: 'connected.v1_1', does: ['connection.close', '+quiet'] },
    'agent.lost': { to: 'lost', does: ['-quiet'] },
    'agent.spoke': { to: 'connected.v1_0', does: ['-quiet'] },
    'quiet.over': { to: 'connected.v1_0', does: ['-quiet'] },
    'health.checked': { to: 'connected.v1_0', does: ['HealthCheck'] },
    'frame.malformed': { to: 'connected.v1_0', does: ['InvalidMessage'] },
  },
  'connected.v1_1': {
    ...FOREIGN,
    'handshake.started': IGNORED,
    'handshake.failed': IGNORED,
    'agent.connected': { to: 'connected.v1_1', does: ['connection.close', '+quiet'] },
    'agent.lost': { to: 'lost', does: ['-quiet'] },
    'agent.spoke': { to: 'connected.v1_1', does: ['-quiet'] },
    'quiet.over': { to: 'connected.v1_1', does: ['-quiet'] },
    'health.checked': { to: 'connected.v1_1', does: ['HealthCheck'] },
    'frame.malformed': { to: 'connected.v1_1', does: ['InvalidMessage'] },
  },
  lost: {
    ...FOREIGN,
    'handshake.started': { to: 'handshaking' },
    'handshake.failed': IGNORED,
    'agent.connected': { to: 'connected.v1_1', does: ['+quiet'] },
    'agent.lost': IGNORED,
    'agent.spoke': IGNORED,
    'quiet.over': IGNORED,
    'health.checked': IGNORED,
    'frame.malformed': IGNORED,
  },
};

/** The agent has not spoken yet. */
const quiet = context({ conn: connection({ open: false }) });

const CONTEXTS = {
  listening: context(),
  handshaking: context(),
  'connected.v1_0': quiet,
  'connected.v1_1': quiet,
  lost: context(),
};

testTable('agent', TABLE, CONTEXTS, SAMPLES);
