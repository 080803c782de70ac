/**
 * The cgroup's hard limit, memory.max, with --hard-limit only (machines/monitor/protection/hard-limit.ts says
 * where). Writes can block in the kernel, so one is under way at a time and the latest request wins.
 *
 *   absent | setting → set → setting …;  failing → setting
 */
import { assertEvent } from 'xstate';
import { latestWins } from './latest-wins';
import { forgetFailures, monitorSetup, type Scope } from './setup';

export const limitsActions = {
  'limits.want': monitorSetup.assign(({ context, event }) => {
    assertEvent(event, 'limits.wanted');
    return { limits: { ...context.limits, wantedBytes: event.hardLimitBytes } };
  }),
  /** A grant has come: the limit goes first, then the file cache grows. The next sample says where it belongs now. */
  'limits.unwant': monitorSetup.assign(({ context }) => ({ limits: { ...context.limits, wantedBytes: null } })),
  /** Others have lifted it: it is to be set again. */
  'limits.forget': monitorSetup.assign(({ context }) => ({ limits: { ...context.limits, appliedBytes: null } })),
  'limits.apply': monitorSetup.enqueueActions(({ context, enqueue }) => {
    const hardLimitBytes = context.limits.wantedBytes;
    enqueue.assign({ limits: { ...context.limits, appliedBytes: hardLimitBytes } });
    enqueue({ type: 'issue', params: { type: 'limits.apply', hardLimitBytes } });
  }),
};
export const limitsGuards = {
  'limits.isWanted': ({ context }: Scope): boolean => context.limits.wantedBytes !== null,
  'limits.isStale': ({ context }: Scope): boolean => context.limits.wantedBytes !== context.limits.appliedBytes,
};

const cycle = latestWins({
  effect: 'limits',
  states: { applying: 'setting', applied: 'set', failing: 'failing', retried: 'setting' },
  apply: 'limits.apply',
  done: 'limits.applied',
  onDone: [forgetFailures('limits')],
  onFailed: [],
  isStale: 'limits.isStale',
});

export const limitsRegion = monitorSetup.extend({ actions: limitsActions, guards: limitsGuards }).createStateConfig({
  initial: 'absent',
  on: { 'limits.wanted': { actions: 'limits.want' }, 'upscale.notified': { actions: 'limits.unwant' } },
  states: {
    absent: { always: { guard: 'limits.isWanted', target: 'setting' } },
    setting: cycle.applying,
    set: {
      ...cycle.applied,
      on: { 'watchdog.lifted': { actions: 'limits.forget' }, 'watchdog.lost': { actions: 'limits.forget' } },
    },
    failing: cycle.failing,
  },
});
