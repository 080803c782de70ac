/**
 * The growers are slowed while need outruns the grant: they move into a cgroup of their own, where only
 * new memory is short; the rest of Postgres is not touched. Never for longer than --throttle-max-ms in any 30 s.
 *
 *   observing | ready → starting → holding → ending → released → ready
 *   a start that fails is ended as well, and rested from for longer; so is one for which others wait
 *   an end that fails → stuck → ending, until it is true (rule R3)
 */
import { assertEvent } from 'xstate';
import { backoffMs } from '../../shared/backoff';
import { reaches } from '../protection/escalation';
import { canThrottleAt, throttledUntil, leftToThrottleMs } from './throttle-budget';
import {
  BLOCKED_REST_MS,
  THROTTLE_ALLOWANCE_BYTES,
  THROTTLE_REST_MS,
  LIFT_RETRY_FIRST_MS,
  LIFT_RETRY_LAST_MS,
  RETRY_LAST_MS,
} from './timings';
import { monitorSetup, type Scope } from './setup';

const mayHold = ({ context }: Scope): boolean =>
  context.config.protect === 'throttle' || context.config.protect === 'full';
const isDue = ({ context, event }: Scope): boolean =>
  reaches(context.escalation, 'throttle') && canThrottleAt(context, event.at);
const isSpent = ({ context, event }: Scope): boolean => !canThrottleAt(context, event.at);
const isOver = ({ context }: Scope): boolean => context.escalation === 'none';

/** The time runs from here on: some may be held before the command has ended, and an end undoes all of it. */
const start = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  const delay = leftToThrottleMs(context, event.at);
  enqueue.assign({ throttle: { ...context.throttle, since: event.at, blocked: false } });
  enqueue({ type: 'issue', params: { type: 'throttle.start', allowanceBytes: THROTTLE_ALLOWANCE_BYTES } });
  enqueue.raise({ type: 'throttle.over', at: event.at + delay }, { id: 'throttle', delay });
});

const succeed = monitorSetup.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ throttle: { ...context.throttle, failures: 0 } });
});
const count = monitorSetup.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ throttle: { ...context.throttle, failures: context.throttle.failures + 1 } });
});

const block = monitorSetup.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ throttle: { ...context.throttle, blocked: true } });
});

const end = monitorSetup.enqueueActions(({ enqueue }) => {
  enqueue.cancel('throttle');
  enqueue({ type: 'issue', params: { type: 'throttle.end' } });
});

const failToEnd = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'throttle.failed');
  const delay = backoffMs(LIFT_RETRY_FIRST_MS, LIFT_RETRY_LAST_MS, context.throttle.failures);
  enqueue.raise({ type: 'throttle.retry.due', at: event.at + delay }, { id: 'throttle.retry', delay });
});

const account = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  enqueue.assign({ throttle: throttledUntil(context.throttle, event.at) });
});

const rest = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  const { blocked, failures } = context.throttle;
  const delay = blocked ? BLOCKED_REST_MS : backoffMs(THROTTLE_REST_MS, RETRY_LAST_MS, failures);
  enqueue.raise({ type: 'throttle.rested', at: event.at + delay }, { id: 'throttle.rest', delay });
});

/** First, do no harm: whoever waits for them goes on. */
const blocked = { target: 'ending' as const, actions: block };

export const throttleRegion = monitorSetup.createStateConfig({
  initial: 'observing',
  states: {
    observing: { on: { 'monitor.started': { guard: mayHold, target: 'ready' } } },
    ready: { always: { guard: isDue, target: 'starting' } },
    starting: {
      entry: start,
      on: {
        'throttle.started': { target: 'throttling', actions: succeed },
        // It may have begun to act.
        'throttle.failed': { target: 'ending', actions: count },
        'throttle.over': 'ending',
        'watchdog.lifted': 'ending',
        'watchdog.lost': 'ending',
        'throttle.blocked': blocked,
      },
    },
    throttling: {
      always: { guard: isOver, target: 'ending' },
      on: {
        'throttle.over': 'ending',
        'watchdog.lifted': 'ending',
        'watchdog.lost': 'ending',
        'throttle.blocked': blocked,
      },
    },
    ending: {
      entry: end,
      on: {
        'throttle.ended': { target: 'released', actions: account },
        'throttle.failed': { target: 'stuck', actions: [failToEnd, count] },
      },
    },
    stuck: { on: { 'throttle.retry.due': 'ending' } },
    released: {
      entry: rest,
      on: { 'throttle.rested': [{ guard: isSpent, target: 'released', reenter: true }, { target: 'ready' }] },
    },
  },
});
