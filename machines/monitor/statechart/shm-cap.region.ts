/**
 * /dev/shm is capped at what is in use: a parallel query that wants more gets an SQL error at once,
 * where the OOM killer would end all sessions. Only with --protect full, and not for long.
 *
 *   observing | ready → capping → refusing → restoring → ready
 *   a cap that fails is restored as well, then resting → ready
 *   a restoring that fails → stuck → restoring, until it is true (rule R3)
 */
import { inPlace, restIfFailed, resting } from './in-place';
import { cancelTimer, monitorSetup, startTimer, type Scope } from './setup';

export const shmCapGuards = {
  'shmCap.isAllowed': ({ context }: Scope): boolean => context.config.protect === 'full',
  /** Not when a statement is cancelled: that ends the growth too, and to start mount(8) would come in its way. */
  'shmCap.isDue': ({ context }: Scope): boolean => context.escalation === 'shmCap',
  'shmCap.isOver': ({ context }: Scope): boolean => context.escalation === 'none',
};

const cap = inPlace({
  effect: 'shmCap',
  states: { inPlace: 'capped', undoing: 'restoring' },
  put: { type: 'issue', params: { type: 'shmCap.apply' } },
  placed: 'shmCap.applied',
  onPutFailed: [],
  undo: { type: 'issue', params: { type: 'shmCap.remove' } },
  undone: 'shmCap.removed',
  afterUndone: restIfFailed('shmCap', 'ready'),
});

export const shmCapRegion = monitorSetup.extend({ guards: shmCapGuards }).createStateConfig({
  initial: 'observing',
  states: {
    observing: { on: { 'monitor.started': { guard: 'shmCap.isAllowed', target: 'ready' } } },
    ready: { always: { guard: 'shmCap.isDue', target: 'capping' } },
    capping: cap.putting,
    capped: {
      entry: startTimer('shmCap'),
      exit: cancelTimer('shmCap'),
      always: { guard: 'shmCap.isOver', target: 'restoring' },
      on: { 'shmCap.over': 'restoring', 'watchdog.lifted': 'restoring', 'watchdog.lost': 'restoring' },
    },
    restoring: cap.undoing,
    stuck: cap.stuck,
    resting: resting('shmCap', 'ready'),
  },
});
