/**
 * The connection to the VM's monitor. The shell keeps connecting; here it is known who is there, and
 * health checks find out who only seems to be.
 *
 *   away ⇄ connected
 */
import { assertEvent } from 'xstate';
import { announce } from './announce';
import { cancelVmTimer, startVmTimer, vmSetup, type VmScope } from './setup';
import { UNANSWERED_MAX } from './timings';

export const sessionActions = {
  /** What a connection knew ends with it; the request and what was decided belong to the VM. */
  'session.greet': vmSetup.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'session.opened');
    enqueue.assign({
      conn: { id: event.conn, version: event.version, nextId: 2, unanswered: 0 },
      announced: null,
      awaited: null,
      approved: null,
      upscale: null,
    });
  }),
  'session.forget': vmSetup.assign({ conn: null, announced: null, awaited: null, approved: null, upscale: null }),
  'session.hangUp': vmSetup.enqueueActions(({ context, enqueue }) => {
    if (context.conn === null) return;
    const reason = `${context.conn.unanswered} health checks unanswered`;
    enqueue({ type: 'issue', params: { type: 'session.close', conn: context.conn.id, reason } });
  }),
  'session.checkHealth': vmSetup.enqueueActions(({ context, enqueue }) => {
    if (context.conn === null) return;
    enqueue.assign({ conn: { ...context.conn, unanswered: context.conn.unanswered + 1 } });
    enqueue(announce({ type: 'HealthCheck', content: {} }));
  }),
  'session.noteAlive': vmSetup.assign({
    conn: ({ context }) => (context.conn === null ? null : { ...context.conn, unanswered: 0 }),
  }),
  'session.complain': vmSetup.enqueueActions(({ event, enqueue }) => {
    assertEvent(event, 'frame.unreadable');
    enqueue(announce({ type: 'InvalidMessage', content: { error: event.error } }));
  }),
  /** Only v1.1 knows it; an older monitor would hang up. */
  'session.deny': vmSetup.enqueueActions(({ context, event, enqueue }) => {
    assertEvent(event, 'request.denied');
    const { target, reason } = event;
    if (context.conn?.version === '1.1') enqueue(announce({ type: 'ScaleDenied', content: { target, reason } }));
  }),
};
export const sessionGuards = {
  'session.isDeaf': ({ context }: VmScope): boolean =>
    context.conn !== null && context.conn.unanswered >= UNANSWERED_MAX,
};

export const sessionRegion = vmSetup.extend({ actions: sessionActions, guards: sessionGuards }).createStateConfig({
  initial: 'away',
  on: { 'session.opened': { target: '.connected', actions: 'session.greet' } },
  states: {
    away: {},
    connected: {
      entry: startVmTimer('health'),
      exit: cancelVmTimer('health'),
      on: {
        'session.lost': { target: 'away', actions: 'session.forget' },
        'health.due': [
          { guard: 'session.isDeaf', actions: 'session.hangUp' },
          { actions: ['session.checkHealth', startVmTimer('health')] },
        ],
        'monitor.spoke': { actions: 'session.noteAlive' },
        'frame.unreadable': { actions: 'session.complain' },
        'request.denied': { actions: 'session.deny' },
      },
    },
  },
});
