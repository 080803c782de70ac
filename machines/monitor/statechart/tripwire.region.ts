/**
 * memory.high as an early warning (machines/monitor/protection/tripwire.ts says where). It is lifted by reflex
 * when it trips, before this region hears of it. One write is under way at a time; the newest wish wins.
 *
 *   absent | lifted → arming → armed → lifting → lifted
 *   an arming that fails is lifted as well, then resting → lifted
 *   a lifting that fails → stuck → lifting, until it is true (rule R3)
 */
import { assertEvent } from 'xstate';
import { backoffMs } from '../../shared/backoff';
import { LIFT_RETRY_FIRST_MS, LIFT_RETRY_LAST_MS, RETRY_FIRST_MS, RETRY_LAST_MS } from './timings';
import { monitorSetup, type Scope } from './setup';

// In this order: XState evaluates it also on a context without configuration (see monitor.chart.ts).
const isPresent = ({ context }: Scope): boolean =>
  context.tripwire.wantedBytes !== null && context.config.protect !== 'observe';
const isWanted = ({ context }: Scope): boolean => context.tripwire.wantedBytes !== null;
const isUnwanted = ({ context }: Scope): boolean => context.tripwire.wantedBytes === null;
const isElsewhere = ({ context }: Scope): boolean => context.tripwire.wantedBytes !== context.tripwire.armedBytes;
const hasFailed = ({ context }: Scope): boolean => context.tripwire.failures > 0;

const want = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'tripwire.wanted');
  enqueue.assign({ tripwire: { ...context.tripwire, wantedBytes: event.highBytes } });
});

/** It has done its work, or stands where a smaller size needed it: the next beat says where it belongs now. */
const forget = monitorSetup.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ tripwire: { ...context.tripwire, wantedBytes: null, armedBytes: null } });
});

const arm = monitorSetup.enqueueActions(({ context, enqueue }) => {
  const highBytes = context.tripwire.wantedBytes;
  if (highBytes === null) return;
  enqueue.assign({ tripwire: { ...context.tripwire, armedBytes: highBytes } });
  enqueue({ type: 'issue', params: { type: 'tripwire.arm', highBytes } });
});

const lift = monitorSetup.enqueueActions(({ enqueue }) => {
  enqueue({ type: 'issue', params: { type: 'tripwire.lift' } });
});

const succeed = monitorSetup.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ tripwire: { ...context.tripwire, failures: 0 } });
});
const count = monitorSetup.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ tripwire: { ...context.tripwire, failures: context.tripwire.failures + 1 } });
});

const failToLift = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'tripwire.failed');
  const delay = backoffMs(LIFT_RETRY_FIRST_MS, LIFT_RETRY_LAST_MS, context.tripwire.failures);
  enqueue.raise({ type: 'tripwire.retry.due', at: event.at + delay }, { id: 'tripwire.retry', delay });
});

const rest = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  const delay = backoffMs(RETRY_FIRST_MS, RETRY_LAST_MS, context.tripwire.failures - 1);
  enqueue.raise({ type: 'tripwire.retry.due', at: event.at + delay }, { id: 'tripwire.retry', delay });
});

/** Others have lifted it. */
const gone = { target: 'lifted' as const, actions: forget };
/** Whatever the write under way comes to is undone when it has ended. */
const undone = { actions: forget };

export const tripwireRegion = monitorSetup.createStateConfig({
  initial: 'absent',
  on: { 'tripwire.wanted': { actions: want } },
  states: {
    absent: { always: { guard: isPresent, target: 'arming' } },
    lifted: { always: { guard: isWanted, target: 'arming' } },
    arming: {
      entry: arm,
      on: {
        'tripwire.armed': { target: 'armed', actions: succeed },
        'tripwire.failed': { target: 'lifting', actions: [forget, count] },
        'tripwire.tripped': undone,
        'watchdog.lifted': undone,
        'watchdog.lost': undone,
        'upscale.notified': undone,
      },
    },
    armed: {
      always: [
        { guard: isUnwanted, target: 'lifting' },
        { guard: isElsewhere, target: 'arming' },
      ],
      on: {
        // A grant has come: limits first, then the file cache.
        'upscale.notified': { target: 'lifting', actions: forget },
        'tripwire.tripped': gone,
        'watchdog.lifted': gone,
        // Without a guard nothing may be in place.
        'watchdog.lost': { target: 'lifting', actions: forget },
      },
    },
    lifting: {
      entry: lift,
      on: {
        'tripwire.lifted': [
          { guard: hasFailed, target: 'resting', actions: forget },
          { target: 'lifted', actions: forget },
        ],
        'tripwire.failed': { target: 'stuck', actions: [failToLift, count] },
      },
    },
    stuck: { on: { 'tripwire.retry.due': 'lifting' } },
    resting: { entry: rest, on: { 'tripwire.retry.due': 'lifted' } },
  },
});
