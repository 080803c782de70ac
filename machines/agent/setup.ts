/** The frame that the regions of a VM's statechart share: types, delays, and the placeholders by which it acts. */
import { cancel, enqueueActions, setup } from 'xstate';
import type { AgentCommand, AgentTimerName } from './events';
import type { AgentFrame } from './frames';
import type { VmContext, VmConfig } from './context';
import type { VmEvent } from './statechart-events';
import { backoffMs } from '../shared/backoff';
import * as timings from './timings';

/** What every guard and action is given. */
export interface VmScope {
  readonly context: VmContext;
  readonly event: VmEvent;
}

/** By id: the event that tells that the timer has elapsed. */
const TIMERS = {
  health: 'health.due',
  request: 'request.overdue',
  upscale: 'upscale.lapsed',
  floor: 'floor.over',
  answer: 'answer.overdue',
  rest: 'rest.over',
  observe: 'observe.due',
  retry: 'retry.due',
  scrape: 'scrape.due',
} as const satisfies Readonly<Record<string, AgentTimerName>>;
type TimerId = keyof typeof TIMERS;

/** In milliseconds. */
const DELAYS = {
  health: timings.HEALTH_CHECK_MS,
  request: timings.FIRST_REQUEST_WAIT_MS,
  upscale: timings.UPSCALE_VALID_MS,
  floor: ({ context, event }: VmScope): number => Math.max(0, (context.floor?.until ?? event.at) - event.at),
  answer: timings.ANSWER_MS,
  rest: timings.REQUEST_REST_MS,
  observe: timings.LOOK_MS,
  observeStep: timings.STEP_LOOK_MS,
  retry: ({ context }: VmScope): number =>
    backoffMs(timings.HYPERVISOR_RETRY_FIRST_MS, timings.HYPERVISOR_RETRY_LAST_MS, context.failures),
  scrape: timings.SCRAPE_MS,
};
type DelayName = keyof typeof DELAYS;

export interface StartVmTimer {
  readonly type: 'startTimer';
  readonly params: { readonly timer: TimerId; readonly delay: DelayName };
}

/** @param delay the one that bears the timer's name, unless another is said */
export const startVmTimer = (timer: TimerId, delay: DelayName = timer): StartVmTimer => ({
  type: 'startTimer',
  params: { timer, delay },
});
export const cancelVmTimer = (timer: TimerId) => ({ type: 'cancelTimer', params: { timer } }) as const;

/** The statechart never acts: `send` and `issue` are data for whoever steps it (engine.ts). */
export const vmSetup = setup({
  types: {
    context: {} as VmContext,
    events: {} as VmEvent,
    input: {} as VmConfig,
  },
  actions: {
    send: (_, _params: { readonly conn: string; readonly frame: AgentFrame }) => undefined,
    issue: (_, _command: AgentCommand) => undefined,
    /** One that runs already begins anew. */
    startTimer: enqueueActions(({ event, enqueue }, { timer, delay }: StartVmTimer['params']) => {
      // The shell stamps the instant when the timer has elapsed.
      enqueue.raise({ type: TIMERS[timer], at: event.at }, { id: timer, delay });
    }),
    cancelTimer: cancel((_, { timer }: { readonly timer: TimerId }) => timer),
  },
  delays: DELAYS,
});
