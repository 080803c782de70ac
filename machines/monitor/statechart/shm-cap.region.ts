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
import { LIFT_RETRY_FIRST_MS, LIFT_RETRY_LAST_MS, SHM_CAP_LONGEST_MS, RETRY_FIRST_MS, RETRY_LAST_MS } from './timings';
import { monitorSetup, type Scope } from './setup';

const mayRefuse = ({ context }: Scope): boolean => context.config.protect === 'full';
/** Not when a statement is cancelled: that ends the grower too, and to start mount(8) would come in its way. */
const isDue = ({ context }: Scope): boolean => context.escalation === 'shmCap';
const isOver = ({ context }: Scope): boolean => context.escalation === 'none';
const hasFailed = ({ context }: Scope): boolean => context.shmCap.failures > 0;

const cap = monitorSetup.enqueueActions(({ enqueue }) => {
  enqueue({ type: 'issue', params: { type: 'shmCap.apply' } });
});
const restore = monitorSetup.enqueueActions(({ enqueue }) => {
  enqueue({ type: 'issue', params: { type: 'shmCap.remove' } });
});

const setDeadline = monitorSetup.enqueueActions(({ event, enqueue }) => {
  const delay = SHM_CAP_LONGEST_MS;
  enqueue.raise({ type: 'shmCap.over', at: event.at + delay }, { id: 'shmCap', delay });
});
const cancelDeadline = monitorSetup.enqueueActions(({ enqueue }) => {
  enqueue.cancel('shmCap');
});

const succeed = monitorSetup.enqueueActions(({ enqueue }) => {
  enqueue.assign({ shmCap: { failures: 0 } });
});
const count = monitorSetup.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ shmCap: { failures: context.shmCap.failures + 1 } });
});

const failToRestore = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'shmCap.failed');
  const delay = backoffMs(LIFT_RETRY_FIRST_MS, LIFT_RETRY_LAST_MS, context.shmCap.failures);
  enqueue.raise({ type: 'shmCap.retry.due', at: event.at + delay }, { id: 'shmCap.retry', delay });
});

const rest = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  const delay = backoffMs(RETRY_FIRST_MS, RETRY_LAST_MS, context.shmCap.failures - 1);
  enqueue.raise({ type: 'shmCap.retry.due', at: event.at + delay }, { id: 'shmCap.retry', delay });
});

export const shmCapRegion = monitorSetup.createStateConfig({
  initial: 'observing',
  states: {
    observing: { on: { 'monitor.started': { guard: mayRefuse, target: 'ready' } } },
    ready: { always: { guard: isDue, target: 'capping' } },
    capping: {
      entry: cap,
      on: {
        'shmCap.applied': { target: 'capped', actions: succeed },
        // It may have begun to act.
        'shmCap.failed': { target: 'restoring', actions: count },
      },
    },
    capped: {
      entry: setDeadline,
      exit: cancelDeadline,
      always: { guard: isOver, target: 'restoring' },
      on: { 'shmCap.over': 'restoring', 'watchdog.lifted': 'restoring', 'watchdog.lost': 'restoring' },
    },
    restoring: {
      entry: restore,
      on: {
        'shmCap.removed': [{ guard: hasFailed, target: 'resting' }, { target: 'ready' }],
        'shmCap.failed': { target: 'stuck', actions: [failToRestore, count] },
      },
    },
    stuck: { on: { 'shmCap.retry.due': 'restoring' } },
    resting: { entry: rest, on: { 'shmCap.retry.due': 'ready' } },
  },
});
