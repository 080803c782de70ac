/** What every event does in every state of the region `agent`. */
import { context, testTable, type Table } from '../../../support/chart';
import { AT, connection } from '../../../support/chart-events';

/** `agent.connected` makes a connection that was asked for nothing yet. */
const NEWCOMER = connection({ id: 'conn-b', open: false, nextId: 3, lastRequest: null, scaleRequestIds: [] });
const REPLACED = { 'conn.id': 'conn-b', 'conn.nextId': 3, 'conn.lastRequest': null, 'conn.scaleRequestIds': [] };

const TABLE: Table<'agent'> = {
  listening: {
    'handshake.started': { to: 'handshaking' },
    'agent.connected': { to: 'connected.v1_1', does: ['+quiet'], changes: { conn: NEWCOMER } },
  },
  handshaking: {
    'handshake.failed': { to: 'listening' },
    'agent.connected': { to: 'connected.v1_1', does: ['+quiet'], changes: { conn: NEWCOMER } },
  },
  'connected.v1_0': {
    'agent.connected': { to: 'connected.v1_1', does: ['connection.close', '+quiet'], changes: REPLACED },
    'agent.lost': { to: 'lost', does: ['-quiet'], changes: { conn: null } },
    'quiet.over': { to: 'connected.v1_0', does: ['-quiet'], changes: { 'conn.open': true } },
    'health.checked': { to: 'connected.v1_0', does: ['HealthCheck'] },
    'frame.malformed': { to: 'connected.v1_0', does: ['InvalidMessage'], changes: { 'conn.malformedAt': [AT] } },
    'agent.spoke': { to: 'connected.v1_0', does: ['-quiet'], changes: { 'conn.open': true } },
  },
  'connected.v1_1': {
    'agent.connected': { to: 'connected.v1_1', does: ['connection.close', '+quiet'], changes: REPLACED },
    'agent.lost': { to: 'lost', does: ['-quiet'], changes: { conn: null } },
    'quiet.over': { to: 'connected.v1_1', does: ['-quiet'], changes: { 'conn.open': true } },
    'health.checked': { to: 'connected.v1_1', does: ['HealthCheck'] },
    'frame.malformed': { to: 'connected.v1_1', does: ['InvalidMessage'], changes: { 'conn.malformedAt': [AT] } },
    'agent.spoke': { to: 'connected.v1_1', does: ['-quiet'], changes: { 'conn.open': true } },
  },
  lost: {
    'handshake.started': { to: 'handshaking' },
    'agent.connected': { to: 'connected.v1_1', does: ['+quiet'], changes: { conn: NEWCOMER } },
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

testTable('agent', TABLE, CONTEXTS);
