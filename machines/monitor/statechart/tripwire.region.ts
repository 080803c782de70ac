/**
 * memory.high as an early warning (machines/monitor/protection/tripwire.ts says where). It is lifted by reflex
 * when it trips, before this region receives it. One write is under way at a time; the latest request wins.
 *
 *   absent | lifted → arming → armed → lifting → lifted
 *   an arming that fails is lifted as well, then resting → lifted
 *   a lifting that fails → stuck → lifting, until it is true (rule R3)
 */
import { assertEvent } from 'xstate';
import { inPlace, restIfFailed, resting } from './in-place';
import { monitorSetup, type Scope } from './setup';

export const tripwireActions = {
  'tripwire.want': monitorSetup.assign(({ context, event }) => {
    assertEvent(event, 'tripwire.wanted');
    return { tripwire: { ...context.tripwire, wantedBytes: event.highBytes } };
  }) /** It has done its work, or stands where a smaller size needed it: the next sample says where it belongs now. */,
  'tripwire.forget': monitorSetup.assign(({ context }) => ({
    tripwire: { ...context.tripwire, wantedBytes: null, armedBytes: null },
  })),
  'tripwire.arm': monitorSetup.enqueueActions(({ context, enqueue }) => {
    const highBytes = context.tripwire.wantedBytes;
    if (highBytes === null) return;
    enqueue.assign({ tripwire: { ...context.tripwire, armedBytes: highBytes } });
    enqueue({ type: 'issue', params: { type: 'tripwire.arm', highBytes } });
  }),
};
export const tripwireGuards = {
  'tripwire.isWanted': ({ context }: Scope): boolean => context.tripwire.wantedBytes !== null,
  'tripwire.isUnwanted': ({ context }: Scope): boolean => context.tripwire.wantedBytes === null,
  'tripwire.isElsewhere': ({ context }: Scope): boolean => context.tripwire.wantedBytes !== context.tripwire.armedBytes,
  /** In this order: XState's initialTransition() evaluates it also on a context without configuration. */
  'tripwire.isAllowed': ({ context }: Scope): boolean =>
    context.tripwire.wantedBytes !== null && context.config.protect !== 'observe',
};

const wire = inPlace({
  effect: 'tripwire',
  states: { inPlace: 'armed', undoing: 'lifting' },
  put: 'tripwire.arm',
  placed: 'tripwire.armed',
  onPutFailed: ['tripwire.forget'],
  undo: { type: 'issue', params: { type: 'tripwire.lift' } },
  undone: 'tripwire.lifted',
  afterUndone: restIfFailed('tripwire', 'lifted', ['tripwire.forget']),
});

/** Others have lifted it. */
const gone = { target: 'lifted', actions: 'tripwire.forget' } as const;
/** Whatever the write under way comes to is undone when it has ended. */
const undone = { actions: 'tripwire.forget' } as const;

export const tripwireRegion = monitorSetup
  .extend({ actions: tripwireActions, guards: tripwireGuards })
  .createStateConfig({
    initial: 'absent',
    on: { 'tripwire.wanted': { actions: 'tripwire.want' } },
    states: {
      absent: { always: { guard: 'tripwire.isAllowed', target: 'arming' } },
      lifted: { always: { guard: 'tripwire.isWanted', target: 'arming' } },
      arming: {
        ...wire.putting,
        on: {
          ...wire.putting.on,
          'tripwire.tripped': undone,
          'watchdog.lifted': undone,
          'watchdog.lost': undone,
          'upscale.notified': undone,
        },
      },
      armed: {
        always: [
          { guard: 'tripwire.isUnwanted', target: 'lifting' },
          { guard: 'tripwire.isElsewhere', target: 'arming' },
        ],
        on: {
          // A grant has come: limits first, then the file cache.
          'upscale.notified': { target: 'lifting', actions: 'tripwire.forget' },
          'tripwire.tripped': gone,
          'watchdog.lifted': gone,
          // Without a watchdog nothing may be in place.
          'watchdog.lost': { target: 'lifting', actions: 'tripwire.forget' },
        },
      },
      lifting: wire.undoing,
      stuck: wire.stuck,
      resting: resting('tripwire', 'lifted'),
    },
  });
