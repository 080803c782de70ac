/**
 * The growers are slowed while need outruns the grant: they move into a cgroup of their own, where only
 * new memory is short; the rest of Postgres is not touched. Never for longer than --brake-ms in any 30 s.
 *
 *   observing | ready → starting → holding → ending → released → ready
 *   a start that fails is ended as well, and rested from for longer; so is one for which others wait
 *   an end that fails → stuck → ending, until it is true (rule R3)
 */
import { assertEvent } from 'xstate';
import { backoffMs } from '../../shared/backoff';
import { reaches } from '../protection/escalation';
import { canHoldAt, heldUntil, leftToHoldMs } from './throttle-budget';
import {
  BLOCKED_REST_MS,
  HOLD_ALLOWANCE_BYTES,
  HOLD_REST_MS,
  LIFT_RETRY_FIRST_MS,
  LIFT_RETRY_LAST_MS,
  RETRY_LAST_MS,
} from './timings';
import { chart, type Scope } from './setup';

const mayHold = ({ context }: Scope): boolean => context.config.protect === 'hold' || context.config.protect === 'full';
const isDue = ({ context, event }: Scope): boolean => reaches(context.danger, 'hold') && canHoldAt(context, event.at);
const isSpent = ({ context, event }: Scope): boolean => !canHoldAt(context, event.at);
const isOver = ({ context }: Scope): boolean => context.danger === 'none';

/** The time runs from here on: some may be held before the command has ended, and an end undoes all of it. */
const start = chart.enqueueActions(({ context, event, enqueue }) => {
  const delay = leftToHoldMs(context, event.at);
  enqueue.assign({ hold: { ...context.hold, since: event.at, blocked: false } });
  enqueue({ type: 'issue', params: { type: 'hold.start', allowanceBytes: HOLD_ALLOWANCE_BYTES } });
  enqueue.raise({ type: 'hold.over', at: event.at + delay }, { id: 'hold', delay });
});

const succeed = chart.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ hold: { ...context.hold, failures: 0 } });
});
const count = chart.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ hold: { ...context.hold, failures: context.hold.failures + 1 } });
});

const block = chart.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ hold: { ...context.hold, blocked: true } });
});

const end = chart.enqueueActions(({ enqueue }) => {
  enqueue.cancel('hold');
  enqueue({ type: 'issue', params: { type: 'hold.end' } });
});

const failToEnd = chart.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'hold.failed');
  const delay = backoffMs(LIFT_RETRY_FIRST_MS, LIFT_RETRY_LAST_MS, context.hold.failures);
  enqueue.raise({ type: 'hold.retry.due', at: event.at + delay }, { id: 'hold.retry', delay });
});

const account = chart.enqueueActions(({ context, event, enqueue }) => {
  enqueue.assign({ hold: heldUntil(context.hold, event.at) });
});

const rest = chart.enqueueActions(({ context, event, enqueue }) => {
  const { blocked, failures } = context.hold;
  const delay = blocked ? BLOCKED_REST_MS : backoffMs(HOLD_REST_MS, RETRY_LAST_MS, failures);
  enqueue.raise({ type: 'hold.rested', at: event.at + delay }, { id: 'hold.rest', delay });
});

/** First, do no harm: whoever waits for them goes on. */
const blocked = { target: 'ending' as const, actions: block };

export const holdRegion = chart.createStateConfig({
  initial: 'observing',
  states: {
    observing: { on: { 'monitor.started': { guard: mayHold, target: 'ready' } } },
    ready: { always: { guard: isDue, target: 'starting' } },
    starting: {
      entry: start,
      on: {
        'hold.started': { target: 'holding', actions: succeed },
        // It may have begun to act.
        'hold.failed': { target: 'ending', actions: count },
        'hold.over': 'ending',
        'guard.lifted': 'ending',
        'guard.lost': 'ending',
        'throttle.blocked': blocked,
      },
    },
    holding: {
      always: { guard: isOver, target: 'ending' },
      on: { 'hold.over': 'ending', 'guard.lifted': 'ending', 'guard.lost': 'ending', 'throttle.blocked': blocked },
    },
    ending: {
      entry: end,
      on: {
        'hold.ended': { target: 'released', actions: account },
        'hold.failed': { target: 'stuck', actions: [failToEnd, count] },
      },
    },
    stuck: { on: { 'hold.retry.due': 'ending' } },
    released: {
      entry: rest,
      on: { 'hold.rested': [{ guard: isSpent, target: 'released', reenter: true }, { target: 'ready' }] },
    },
  },
});
