/**
 * /dev/shm is capped at what is in use: a parallel query that wants more gets an SQL error at once,
 * where the OOM killer would end all sessions. Only with --protect full, and not for long.
 *
 *   observing | ready → capping → refusing → restoring → ready
 *   a cap that fails is restored as well, then resting → ready
 *   a restoring that fails → stuck → restoring, until it is true (rule R3)
 */
import { assertEvent } from 'xstate';
import { backoffMs } from '../../shared/backoff';
import { LIFT_RETRY_FIRST_MS, LIFT_RETRY_LAST_MS, REFUSAL_LONGEST_MS, RETRY_FIRST_MS, RETRY_LAST_MS } from './timings';
import { chart, type Scope } from './setup';

const mayRefuse = ({ context }: Scope): boolean => context.config.protect === 'full';
/** Not when a statement is cancelled: that ends the grower too, and to start mount(8) would come in its way. */
const isDue = ({ context }: Scope): boolean => context.danger === 'refuse';
const isOver = ({ context }: Scope): boolean => context.danger === 'none';
const hasFailed = ({ context }: Scope): boolean => context.refusal.failures > 0;

const cap = chart.enqueueActions(({ enqueue }) => {
  enqueue({ type: 'issue', params: { type: 'sharedMemory.cap' } });
});
const restore = chart.enqueueActions(({ enqueue }) => {
  enqueue({ type: 'issue', params: { type: 'sharedMemory.restore' } });
});

const setDeadline = chart.enqueueActions(({ event, enqueue }) => {
  const delay = REFUSAL_LONGEST_MS;
  enqueue.raise({ type: 'refusal.over', at: event.at + delay }, { id: 'refusal', delay });
});
const cancelDeadline = chart.enqueueActions(({ enqueue }) => {
  enqueue.cancel('refusal');
});

const succeed = chart.enqueueActions(({ enqueue }) => {
  enqueue.assign({ refusal: { failures: 0 } });
});
const count = chart.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ refusal: { failures: context.refusal.failures + 1 } });
});

const failToRestore = chart.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'sharedMemory.failed');
  const delay = backoffMs(LIFT_RETRY_FIRST_MS, LIFT_RETRY_LAST_MS, context.refusal.failures);
  enqueue.raise({ type: 'refusal.retry.due', at: event.at + delay }, { id: 'refusal.retry', delay });
});

const rest = chart.enqueueActions(({ context, event, enqueue }) => {
  const delay = backoffMs(RETRY_FIRST_MS, RETRY_LAST_MS, context.refusal.failures - 1);
  enqueue.raise({ type: 'refusal.retry.due', at: event.at + delay }, { id: 'refusal.retry', delay });
});

export const refusalRegion = chart.createStateConfig({
  initial: 'observing',
  states: {
    observing: { on: { 'monitor.started': { guard: mayRefuse, target: 'ready' } } },
    ready: { always: { guard: isDue, target: 'capping' } },
    capping: {
      entry: cap,
      on: {
        'sharedMemory.capped': { target: 'refusing', actions: succeed },
        // It may have begun to act.
        'sharedMemory.failed': { target: 'restoring', actions: count },
      },
    },
    refusing: {
      entry: setDeadline,
      exit: cancelDeadline,
      always: { guard: isOver, target: 'restoring' },
      on: { 'refusal.over': 'restoring', 'guard.lifted': 'restoring', 'guard.lost': 'restoring' },
    },
    restoring: {
      entry: restore,
      on: {
        'sharedMemory.restored': [{ guard: hasFailed, target: 'resting' }, { target: 'ready' }],
        'sharedMemory.failed': { target: 'stuck', actions: [failToRestore, count] },
      },
    },
    stuck: { on: { 'refusal.retry.due': 'restoring' } },
    resting: { entry: rest, on: { 'refusal.retry.due': 'ready' } },
  },
});
