/** The statechart's timers: the event that each brings, and the names of all delays. */
import { backoffMs } from '../../shared/backoff';
import type { TimerName } from '../events/inputs';
import type { MonitorContext } from './context';
import { resendDelayMs } from './request';
import { leftToThrottleMs } from './throttle-budget';
import * as timings from './timings';

/** What every guard, action and delay of the statechart is given beside the event. */
interface At {
  readonly context: MonitorContext;
  readonly event: { readonly at: number };
}

/** By id: the event that tells that the timer has elapsed. */
export const TIMERS = {
  quiet: 'quiet.over',
  resend: 'resend.due',
  answer: 'answer.overdue',
  shrink: 'shrink.overdue',
  downscale: 'downscale.overdue',
  relief: 'relief.over',
  'fileCache.retry': 'fileCache.retry.due',
  'limits.retry': 'limits.retry.due',
  'cpus.retry': 'cpus.retry.due',
  'tripwire.retry': 'tripwire.retry.due',
  throttle: 'throttle.over',
  'throttle.rest': 'throttle.rested',
  'throttle.retry': 'throttle.retry.due',
  shmCap: 'shmCap.over',
  'shmCap.retry': 'shmCap.retry.due',
  cancel: 'cancel.settled',
} as const satisfies Readonly<Record<string, TimerName>>;
export type TimerId = keyof typeof TIMERS;

/** Effects that are tried again: those whose failures in a row the context counts. */
export type Effect = 'limits' | 'cpus' | 'fileCache' | 'tripwire' | 'throttle' | 'shmCap';

/** An effect that is still to be had, after so many failures in a row. */
const retryMs = (failures: number): number => backoffMs(timings.RETRY_FIRST_MS, timings.RETRY_LAST_MS, failures);
/** One that is to be undone (rule R3). */
const undoRetryMs = (failures: number): number =>
  backoffMs(timings.LIFT_RETRY_FIRST_MS, timings.LIFT_RETRY_LAST_MS, failures);

/** In milliseconds, named after the timers that they are for. */
export const DELAYS = {
  quiet: timings.QUIET_MS,
  resend: ({ context, event }: At): number => resendDelayMs(context, event.at),
  answer: timings.ANSWER_OVERDUE_MS,
  shrink: timings.SHRINK_WATCH_MS,
  downscale: timings.DOWNSCALE_ANSWER_MS,
  relief: timings.RELIEVED_MS,
  'fileCache.retry': ({ context }: At): number => retryMs(context.fileCache.failures),
  'fileCache.look': timings.VANILLA_LOOK_MS,
  'limits.retry': ({ context }: At): number => retryMs(context.limits.failures),
  'cpus.retry': ({ context }: At): number => retryMs(context.cpus.failures),
  'tripwire.retry': ({ context }: At): number => undoRetryMs(context.tripwire.failures),
  'tripwire.rest': ({ context }: At): number => retryMs(context.tripwire.failures - 1),
  throttle: ({ context, event }: At): number => leftToThrottleMs(context, event.at),
  'throttle.retry': ({ context }: At): number => undoRetryMs(context.throttle.failures),
  'throttle.rest': ({ context: { throttle } }: At): number =>
    throttle.blocked
      ? timings.BLOCKED_REST_MS
      : backoffMs(timings.THROTTLE_REST_MS, timings.RETRY_LAST_MS, throttle.failures),
  shmCap: timings.SHM_CAP_LONGEST_MS,
  'shmCap.retry': ({ context }: At): number => undoRetryMs(context.shmCap.failures),
  'shmCap.rest': ({ context }: At): number => retryMs(context.shmCap.failures - 1),
  cancel: timings.CANCEL_SETTLE_MS,
};
export type DelayName = keyof typeof DELAYS;
