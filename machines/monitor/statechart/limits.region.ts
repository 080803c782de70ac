/**
 * The cgroup's hard limit, memory.max, with --hard-limit only (machines/monitor/protection/hard-limit.ts says
 * where). Writes can block in the kernel, so one is under way at a time and the newest wish wins.
 *
 *   absent | setting → set → setting …;  failing → setting
 */
import { assertEvent } from 'xstate';
import { backoffMs } from '../../shared/backoff';
import { RETRY_FIRST_MS, RETRY_LAST_MS } from './timings';
import { monitorSetup, type Scope } from './setup';

const isPresent = ({ context }: Scope): boolean => context.limits.wantedBytes !== null;
const isStale = ({ context }: Scope): boolean => context.limits.wantedBytes !== context.limits.appliedBytes;

const want = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'limits.wanted');
  enqueue.assign({ limits: { ...context.limits, wantedBytes: event.hardLimitBytes } });
});

/** A grant has come: the limit goes first, then the file cache grows. The next beat says where it belongs now. */
const unwant = monitorSetup.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ limits: { ...context.limits, wantedBytes: null } });
});

/** Others have lifted it: it is to be set again. */
const forget = monitorSetup.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ limits: { ...context.limits, appliedBytes: null } });
});

const apply = monitorSetup.enqueueActions(({ context, enqueue }) => {
  const hardLimitBytes = context.limits.wantedBytes;
  enqueue.assign({ limits: { ...context.limits, appliedBytes: hardLimitBytes } });
  enqueue({ type: 'issue', params: { type: 'limits.apply', hardLimitBytes } });
});

const succeed = monitorSetup.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ limits: { ...context.limits, failures: 0 } });
});

const fail = monitorSetup.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'limits.failed');
  const delay = backoffMs(RETRY_FIRST_MS, RETRY_LAST_MS, context.limits.failures);
  enqueue.assign({ limits: { ...context.limits, failures: context.limits.failures + 1 } });
  enqueue.raise({ type: 'limits.retry.due', at: event.at + delay }, { id: 'limits.retry', delay });
});

export const limitsRegion = monitorSetup.createStateConfig({
  initial: 'absent',
  on: { 'limits.wanted': { actions: want }, 'upscale.notified': { actions: unwant } },
  states: {
    absent: { always: { guard: isPresent, target: 'setting' } },
    setting: {
      entry: apply,
      on: {
        'limits.applied': { target: 'set', actions: succeed },
        'limits.failed': { target: 'failing', actions: fail },
      },
    },
    set: {
      always: { guard: isStale, target: 'setting' },
      on: { 'watchdog.lifted': { actions: forget }, 'watchdog.lost': { actions: forget } },
    },
    failing: { on: { 'limits.retry.due': 'setting' } },
  },
});
