/**
 * The frame that all regions share: types, delays, the two placeholders by which the statechart acts, and what
 * several regions do alike. Each region extends it with guards and actions of its own, named `region.name`.
 */
import { assign, cancel, enqueueActions, setup, stateIn } from 'xstate';
import type { Command } from '../events/outputs';
import type { MonitorMessage } from '../../shared/protocol/messages';
import type { StatechartConfig, MonitorContext } from './context';
import type { StatechartEvent } from './events';
import { DELAYS, TIMERS, type DelayName, type Effect, type TimerId } from './timers';

/** What every guard and action of the statechart is given. */
export interface Scope {
  readonly context: MonitorContext;
  readonly event: StatechartEvent;
}

export interface StartTimer {
  readonly type: 'startTimer';
  readonly params: { readonly timer: TimerId; readonly delay: DelayName };
}

/** @param delay the one that bears the timer's name, unless another is said */
export const startTimer = (timer: TimerId, delay: DelayName = timer): StartTimer => ({
  type: 'startTimer',
  params: { timer, delay },
});
export const cancelTimer = (timer: TimerId) => ({ type: 'cancelTimer', params: { timer } }) as const;
export const countFailure = (effect: Effect) => ({ type: 'countFailure', params: { effect } }) as const;
export const forgetFailures = (effect: Effect) => ({ type: 'forgetFailures', params: { effect } }) as const;
/** What several regions do alike. */
export type SharedAction =
  StartTimer | ReturnType<typeof cancelTimer> | ReturnType<typeof countFailure> | ReturnType<typeof forgetFailures>;
export const hasFailed = (effect: Effect) => ({ type: 'hasFailed', params: { effect } }) as const;

const withFailures = (context: MonitorContext, effect: Effect, failures: number): Partial<MonitorContext> => ({
  [effect]: { ...context[effect], failures },
});

/**
 * The statechart never acts: `send` and `issue` are data for whoever steps it (machines/monitor/engine). A send
 * names its connection, because a reply belongs to the connection that asked.
 */
export const monitorSetup = setup({
  types: {
    context: {} as MonitorContext,
    events: {} as StatechartEvent,
    input: {} as StatechartConfig,
  },
  actions: {
    send: (_, _params: { readonly conn: string; readonly message: MonitorMessage }) => undefined,
    issue: (_, _command: Command) => undefined,
    /** One that runs already begins anew. */
    startTimer: enqueueActions(({ event, enqueue }, { timer, delay }: StartTimer['params']) => {
      // The shell stamps the instant when the timer has elapsed.
      enqueue.raise({ type: TIMERS[timer], at: event.at }, { id: timer, delay });
    }),
    cancelTimer: cancel((_, { timer }: { readonly timer: TimerId }) => timer),
    countFailure: assign(({ context }, { effect }: { readonly effect: Effect }) =>
      withFailures(context, effect, context[effect].failures + 1),
    ),
    forgetFailures: assign(({ context }, { effect }: { readonly effect: Effect }) => withFailures(context, effect, 0)),
  },
  guards: {
    /** Vanilla Postgres: there is no file cache that could be in the way of anything. */
    hasNoFileCache: stateIn({ fileCache: 'vanilla' }),
    hasFailed: ({ context }, { effect }: { readonly effect: Effect }) => context[effect].failures > 0,
  },
  delays: DELAYS,
});
