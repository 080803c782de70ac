/**
 * The fastest-growing backends are slowed while demand outruns the grant: they move into a cgroup of their own, where only
 * new memory is short; the rest of Postgres is not touched. Never for longer than --throttle-max-ms in any 30 s.
 *
 *   observing | ready → starting → throttling → ending → released → ready
 *   a start that fails is ended as well, and rested from for longer; so is one for which others wait
 *   an end that fails → stuck → ending, until it is true (rule R3)
 */
import { reaches } from '../protection/escalation';
import { inPlace } from './in-place';
import { cancelTimer, monitorSetup, startTimer, type Scope } from './setup';
import { canThrottleAt, throttledUntil } from './throttle-budget';
import { THROTTLE_ALLOWANCE_BYTES } from './timings';

export const throttleActions = {
  'throttle.begin': monitorSetup.assign(({ context, event }) => ({
    throttle: { ...context.throttle, since: event.at, blocked: false },
  })),
  'throttle.noteBlocked': monitorSetup.assign(({ context }) => ({ throttle: { ...context.throttle, blocked: true } })),
  'throttle.account': monitorSetup.assign(({ context, event }) => ({
    throttle: throttledUntil(context.throttle, event.at),
  })),
};
export const throttleGuards = {
  'throttle.isAllowed': ({ context }: Scope): boolean =>
    context.config.protect === 'throttle' || context.config.protect === 'full',
  'throttle.isDue': ({ context, event }: Scope): boolean =>
    reaches(context.escalation, 'throttle') && canThrottleAt(context, event.at),
  'throttle.isSpent': ({ context, event }: Scope): boolean => !canThrottleAt(context, event.at),
  'throttle.isOver': ({ context }: Scope): boolean => context.escalation === 'none',
};

const throttle = inPlace({
  effect: 'throttle',
  states: { inPlace: 'throttling', undoing: 'ending' },
  // The time runs from here on: some may be throttled before the command has ended, and an end undoes all of it.
  put: [
    'throttle.begin',
    { type: 'issue', params: { type: 'throttle.start', allowanceBytes: THROTTLE_ALLOWANCE_BYTES } },
    startTimer('throttle'),
  ],
  placed: 'throttle.started',
  onPutFailed: [],
  undo: [cancelTimer('throttle'), { type: 'issue', params: { type: 'throttle.end' } }],
  undone: 'throttle.ended',
  afterUndone: { target: 'released', actions: 'throttle.account' },
});

const ended = {
  'throttle.over': 'ending',
  'watchdog.lifted': 'ending',
  'watchdog.lost': 'ending',
  // First, do no harm: whoever waits for them goes on.
  'throttle.blocked': { target: 'ending', actions: 'throttle.noteBlocked' },
} as const;

export const throttleRegion = monitorSetup
  .extend({ actions: throttleActions, guards: throttleGuards })
  .createStateConfig({
    initial: 'observing',
    states: {
      observing: { on: { 'monitor.started': { guard: 'throttle.isAllowed', target: 'ready' } } },
      ready: { always: { guard: 'throttle.isDue', target: 'starting' } },
      starting: { ...throttle.putting, on: { ...throttle.putting.on, ...ended } },
      throttling: { always: { guard: 'throttle.isOver', target: 'ending' }, on: ended },
      ending: throttle.undoing,
      stuck: throttle.stuck,
      released: {
        entry: startTimer('throttle.rest'),
        on: {
          'throttle.rested': [{ guard: 'throttle.isSpent', target: 'released', reenter: true }, { target: 'ready' }],
        },
      },
    },
  });
