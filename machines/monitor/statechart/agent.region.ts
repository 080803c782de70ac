/**
 * Who is connected. Handshakes are run by the adapter; here one connection at a time is the agent
 * (rule R8): a newcomer that completed its handshake replaces the old one, which is told so.
 *
 *   listening → handshaking → connected (v1_0 | v1_1) → lost → handshaking …
 */
import { assertEvent } from 'xstate';
import type { AgentConnection } from './context';
import { MALFORMED_MAX, MALFORMED_WINDOW_MS } from './timings';
import { cancelTimer, monitorSetup, startTimer, type Scope } from './setup';

const FIRST_OWN_ID = 3;

const newConnection = (id: string, version: '1.0' | '1.1'): AgentConnection => ({
  id,
  version,
  open: false,
  nextId: FIRST_OWN_ID,
  scaleRequests: 'unknown',
  lastRequest: null,
  toldFloor: null,
  scaleRequestIds: [],
  malformedAt: [],
  lastGrant: null,
});

/** The agent itself was lost, not a connection that had been replaced. */
export const isAgentLost = ({ context, event }: Scope): boolean =>
  event.type === 'agent.lost' && event.conn === context.conn?.id;

export const agentActions = {
  /** Takes the newcomer as the agent and sends the old one away. */
  'agent.adopt': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'agent.connected');
    if (context.conn !== null) {
      enqueue({
        type: 'issue',
        params: {
          type: 'connection.close',
          conn: context.conn.id,
          code: 1000,
          reason: 'replaced by a newer connection',
        },
      });
    }
    enqueue.assign({ conn: newConnection(event.conn, event.version), denial: null });
    enqueue(startTimer('quiet'));
  }),
  /** The agent has spoken, or had its time: our own requests may begin. Once per connection. */
  'agent.open': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    if (context.conn === null || context.conn.open) return;
    enqueue.assign({ conn: { ...context.conn, open: true } });
    enqueue(cancelTimer('quiet'));
    enqueue.raise({ type: 'agent.ready', at: event.at });
  }),
  'agent.forget': monitorSetup.enqueueActions(({ enqueue }) => {
    enqueue.assign({ conn: null });
    enqueue(cancelTimer('quiet'));
  }),
  'agent.confirmHealth': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'health.checked');
    if (context.conn === null) return;
    enqueue({ type: 'send', params: { conn: context.conn.id, message: { type: 'HealthCheck', id: event.id } } });
  }),
  /** Answers a malformed frame, and hangs up on a peer that sends too many. */
  'agent.answerMalformed': monitorSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'frame.malformed');
    if (context.conn === null) return;
    const conn = context.conn;
    const recent = conn.malformedAt.filter((at) => at > event.at - MALFORMED_WINDOW_MS).slice(-MALFORMED_MAX);
    enqueue.assign({ conn: { ...conn, malformedAt: [...recent, event.at] } });
    enqueue({
      type: 'send',
      params: { conn: conn.id, message: { type: 'InvalidMessage', id: event.id, error: event.error } },
    });
    if (recent.length < MALFORMED_MAX) return;
    const reason = `more than ${MALFORMED_MAX} malformed messages in ${MALFORMED_WINDOW_MS / 1000} s`;
    enqueue({ type: 'issue', params: { type: 'connection.close', conn: conn.id, code: 1008, reason } });
  }),
};
export const agentGuards = {
  'agent.isLost': isAgentLost,
  'agent.speaks1_0': ({ event }: Scope): boolean => event.type === 'agent.connected' && event.version === '1.0',
};

export const agentRegion = monitorSetup.extend({ actions: agentActions, guards: agentGuards }).createStateConfig({
  id: 'agent',
  initial: 'listening',
  on: {
    'agent.connected': [
      { guard: 'agent.speaks1_0', target: '.connected.v1_0', actions: 'agent.adopt' },
      { target: '.connected.v1_1', actions: 'agent.adopt' },
    ],
  },
  states: {
    listening: { on: { 'handshake.started': 'handshaking' } },
    handshaking: { on: { 'handshake.failed': 'listening' } },
    connected: {
      initial: 'v1_0',
      on: {
        'agent.lost': { guard: 'agent.isLost', target: 'lost', actions: 'agent.forget' },
        'agent.spoke': { actions: 'agent.open' },
        'quiet.over': { actions: 'agent.open' },
        'health.checked': { actions: 'agent.confirmHealth' },
        'frame.malformed': { actions: 'agent.answerMalformed' },
      },
      states: { v1_0: {}, v1_1: {} },
    },
    lost: { on: { 'handshake.started': 'handshaking' } },
  },
});
