/**
 * The cgroup's limits, kept in step with the granted size. Writes are asynchronous and can block in
 * the kernel, so one is under way at a time and the newest wish wins.
 *
 *   absent | setting → set → setting …;  failing → setting
 */
import { assertEvent } from 'xstate';
import { backoffMs, RETRY_FIRST_MS, RETRY_LAST_MS } from './limits';
import { chart, type Scope } from './setup';

// In this order: XState evaluates it also on a context without configuration (see monitor.chart.ts).
const isPresent = ({ context }: Scope): boolean => context.granted !== null && context.config.limits;
const isStale = ({ context }: Scope): boolean =>
  context.granted !== null && context.granted.mem !== context.limits.wantedBytes;

const apply = chart.enqueueActions(({ context, enqueue }) => {
  if (context.granted === null) return;
  const totalBytes = context.granted.mem;
  enqueue.assign({ limits: { ...context.limits, wantedBytes: totalBytes } });
  enqueue({ type: 'issue', params: { type: 'limits.apply', totalBytes } });
});

const succeed = chart.enqueueActions(({ context, enqueue }) => {
  enqueue.assign({ limits: { ...context.limits, failures: 0 } });
});

const fail = chart.enqueueActions(({ context, event, enqueue }) => {
  assertEvent(event, 'limits.failed');
  const delay = backoffMs(RETRY_FIRST_MS, RETRY_LAST_MS, context.limits.failures);
  enqueue.assign({ limits: { ...context.limits, failures: context.limits.failures + 1 } });
  enqueue.raise({ type: 'limits.retry.due', at: event.at + delay }, { id: 'limits.retry', delay });
});

export const limitsRegion = chart.createStateConfig({
  initial: 'absent',
  states: {
    absent: { always: { guard: isPresent, target: 'setting' } },
    setting: {
      entry: apply,
      on: {
        'limits.applied': { target: 'set', actions: succeed },
        'limits.failed': { target: 'failing', actions: fail },
      },
    },
    set: { always: { guard: isStale, target: 'setting' } },
    failing: { on: { 'limits.retry.due': 'setting' } },
  },
});
