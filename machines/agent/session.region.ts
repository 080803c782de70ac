/**
 * The connection to the VM's monitor. The shell keeps connecting; here it is known who is there, and
 * health checks find out who only seems to be.
 *
 *   away ⇄ connected
 */
import { assertEvent } from 'xstate';
import { announce } from './announce';
import { vmSetup, type VmScope } from './setup';
import { HEALTH_CHECK_MS, UNANSWERED_MAX } from './timings';

/** What a connection knew ends with it; the request and what was decided belong to the VM. */
const greet = vmSetup.enqueueActions(({ event, enqueue }) => {
  assertEvent(event, 'session.opened');
  enqueue.assign({
    conn: { id: event.conn, version: event.version, nextId: 2, unanswered: 0 },
    told: null,
    awaited: null,
    approved: null,
    upscale: null,
  });
});

const forget = vmSetup.assign({ conn: null, told: null, awaited: null, approved: null, upscale: null });

const awaitHealth = vmSetup.enqueueActions(({ event, enqueue }) => {
  enqueue.cancel('health');
  enqueue.raise({ type: 'health.due', at: event.at + HEALTH_CHECK_MS }, { id: 'health', delay: HEALTH_CHECK_MS });
});

const isDeaf = ({ context }: VmScope): boolean => context.conn !== null && context.conn.unanswered >= UNANSWERED_MAX;

const hangUp = vmSetup.enqueueActions(({ context, enqueue }) => {
  if (context.conn === null) return;
  const reason = `${context.conn.unanswered} health checks unanswered`;
  enqueue({ type: 'issue', params: { type: 'session.close', conn: context.conn.id, reason } });
});

const checkHealth = vmSetup.enqueueActions(({ context, enqueue }) => {
  if (context.conn === null) return;
  enqueue.assign({ conn: { ...context.conn, unanswered: context.conn.unanswered + 1 } });
  enqueue(announce({ type: 'HealthCheck', content: {} }));
});

const isAlive = vmSetup.assign({
  conn: ({ context }) => (context.conn === null ? null : { ...context.conn, unanswered: 0 }),
});

const complain = vmSetup.enqueueActions(({ event, enqueue }) => {
  assertEvent(event, 'frame.unreadable');
  enqueue(announce({ type: 'InvalidMessage', content: { error: event.error } }));
});

/** Only v1.1 knows it; an older monitor would hang up. */
const deny = vmSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'request.denied');
  const { target, reason } = event;
  if (context.conn?.version === '1.1') enqueue(announce({ type: 'ScaleDenied', content: { target, reason } }));
});

export const sessionRegion = vmSetup.createStateConfig({
  initial: 'away',
  on: { 'session.opened': { target: '.connected', actions: greet } },
  states: {
    away: {},
    connected: {
      entry: awaitHealth,
      exit: vmSetup.cancel('health'),
      on: {
        'session.lost': { target: 'away', actions: forget },
        'health.due': [{ guard: isDeaf, actions: hangUp }, { actions: [checkHealth, awaitHealth] }],
        'monitor.spoke': { actions: isAlive },
        'frame.unreadable': { actions: complain },
        'request.denied': { actions: deny },
      },
    },
  },
});
