/**
 * An effect of which the latest request wins: one command is under way at a time, and what was wanted meanwhile
 * is asked for when it has ended. A failure is tried again with back-off and never stops the rest (rule R9).
 *
 *   applying → applied → applying …;  applying → failing → retried
 */
import { countFailure, startTimer, type SharedAction } from './setup';
import type { StatechartEventType } from './events';
import type { Effect } from './timers';

type LatestWinsEffect = Extract<Effect, 'limits' | 'cpus' | 'fileCache'>;

interface LatestWins<Action, Guard> {
  readonly effect: LatestWinsEffect;
  readonly states: {
    readonly applying: string;
    readonly applied: string;
    readonly failing: string;
    /** Where a retry begins. */
    readonly retried: string;
  };
  /** Issues the command for what is wanted now. */
  readonly apply: Action;
  /** Tells that the command has succeeded. */
  readonly done: StatechartEventType;
  readonly onDone: readonly (Action | SharedAction)[];
  /** Besides counting it. */
  readonly onFailed: readonly Action[];
  /** Something else is wanted than was applied. */
  readonly isStale: Guard;
}

/** The delay first: it goes by the failures before this one. */
const failed = <const Action>(effect: LatestWinsEffect, target: string, actions: readonly Action[]) =>
  ({ target, actions: [startTimer(`${effect}.retry`), countFailure(effect), ...actions] }) as const;

/** The three states, for the region to name and to add to; and the transition of a failure, for its other states. */
export const latestWins = <const Action extends string, const Guard extends string>({
  effect,
  states,
  ...own
}: LatestWins<Action, Guard>) =>
  ({
    fail: failed(effect, states.failing, own.onFailed),
    applying: {
      entry: own.apply,
      on: {
        [own.done]: { target: states.applied, actions: own.onDone },
        [`${effect}.failed` satisfies StatechartEventType]: failed(effect, states.failing, own.onFailed),
      },
    },
    applied: { always: { guard: own.isStale, target: states.applying } },
    failing: { on: { [`${effect}.retry.due` satisfies StatechartEventType]: { target: states.retried } } },
  }) as const;
