/**
 * An effect that is in place until it is undone, and undone until that is true (rule R3): one command is under way
 * at a time, and whatever comes of the one that puts it in place is undone by the other.
 *
 *   putting → in place → undoing → …;  putting fails → undoing;  undoing fails → stuck → undoing
 */
import { countFailure, forgetFailures, hasFailed, startTimer } from './setup';
import type { StatechartEventType } from './events';
import type { Effect } from './timers';

interface InPlace<Put, Undo, Extra, After> {
  readonly effect: Extract<Effect, 'tripwire' | 'throttle' | 'shmCap'>;
  readonly states: { readonly inPlace: string; readonly undoing: string };
  readonly put: Put;
  /** Tells that it is in place. */
  readonly placed: StatechartEventType;
  /** Besides counting it. */
  readonly onPutFailed: readonly Extra[];
  readonly undo: Undo;
  /** Tells that nothing of it is left. */
  readonly undone: StatechartEventType;
  readonly afterUndone: After;
}

/** The states that all of them have, for the region to name and to add to. */
export const inPlace = <const Put, const Undo, const Extra, const After>({
  effect,
  states,
  ...own
}: InPlace<Put, Undo, Extra, After>) =>
  ({
    putting: {
      entry: own.put,
      on: {
        [own.placed]: { target: states.inPlace, actions: [forgetFailures(effect)] },
        // It may have begun to act.
        [`${effect}.failed` satisfies StatechartEventType]: {
          target: states.undoing,
          actions: [...own.onPutFailed, countFailure(effect)],
        },
      },
    },
    undoing: {
      entry: own.undo,
      on: {
        [own.undone]: own.afterUndone,
        // The delay first: it goes by the failures before this one.
        [`${effect}.failed` satisfies StatechartEventType]: {
          target: 'stuck',
          actions: [startTimer(`${effect}.retry`), countFailure(effect)],
        },
      },
    },
    stuck: { on: { [`${effect}.retry.due` satisfies StatechartEventType]: { target: states.undoing } } },
  }) as const;

type Resting = Extract<Effect, 'tripwire' | 'shmCap'>;

/** After a failure it is not put in place again at once. */
export const restIfFailed = <const Action>(effect: Resting, ready: string, actions: readonly Action[] = []) =>
  [
    { guard: hasFailed(effect), target: 'resting', actions },
    { target: ready, actions },
  ] as const;

export const resting = (effect: Resting, ready: string) =>
  ({
    entry: startTimer(`${effect}.retry`, `${effect}.rest`),
    on: { [`${effect}.retry.due` satisfies StatechartEventType]: { target: ready } },
  }) as const;
