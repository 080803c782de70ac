/** Steps a statechart without running anything: its actions come back as data, its timers apart. */
import {
  createActor,
  type AnyStateMachine,
  type EventFrom,
  type EventObject,
  type ExecutableActionObject,
  type InputFrom,
  type SnapshotFrom,
} from 'xstate';
import * as t from 'io-ts';
import { finite } from '../events/finite';
import { isRight } from 'fp-ts/Either';
import type { TimerChange } from './core';

/** An action that the statechart itself has named; what it bears is for its owner to read. */
export interface StatechartAction {
  readonly type: string;
  readonly params: unknown;
}

export interface StatechartStep<Snapshot> {
  readonly snapshot: Snapshot;
  readonly actions: readonly StatechartAction[];
  readonly timers: readonly TimerChange<string>[];
}

/** XState types the actions that `transition` returns loosely: these are its two timer actions. */
const Raise = t.intersection([
  t.type({ event: t.type({ type: t.string }) }),
  t.partial({ id: t.union([t.string, t.undefined]), delay: t.union([finite, t.undefined]) }),
]);
const Cancel = t.type({ sendId: t.string });

/** What an action bears. Throws for anything else than `codec`: a broken invariant of ours. */
export const readParams = <A>(codec: t.Type<A, unknown>, { type, params }: StatechartAction): A => {
  const decoded = codec.decode(params);
  if (isRight(decoded)) return decoded.right;
  throw new Error(`the statechart's action ${type} bears ${JSON.stringify(params)}`);
};

const timerOf = (action: StatechartAction): TimerChange<string> | null => {
  if (action.type === 'xstate.cancel') return { kind: 'cancel', id: readParams(Cancel, action).sendId };
  const { event, id, delay } = readParams(Raise, action);
  // Without a delay the event was already handled within this step.
  return id === undefined || delay === undefined ? null : { kind: 'set', id, name: event.type, delayMs: delay };
};

const ignore = (): void => undefined;

/**
 * The stepper of one statechart. `example` is an input: XState wants an actor around each transition and its
 * own `transition` makes one each time, with a whole initial state, which costs as much as the
 * transition itself. Here one that is never started serves all steps; actions are collected and nothing is done.
 */
export const stepperOf = <Machine extends AnyStateMachine>(
  machine: Machine,
  example: InputFrom<Machine>,
): ((statechart: SnapshotFrom<Machine>, event: EventFrom<Machine>) => StatechartStep<SnapshotFrom<Machine>>) => {
  const loose: AnyStateMachine = machine;
  const inert = createActor(loose, { input: example });
  const { id, sessionId, system } = inert;
  const quiet = { self: inert, id, sessionId, system, logger: ignore, defer: ignore, emit: ignore, stopChild: ignore };
  return (statechart, event) => {
    const collected: ExecutableActionObject[] = [];
    const next = loose.transition(statechart, event, {
      ...quiet,
      actionExecutor: (action) => void collected.push(action),
    });
    if (next.status !== 'active')
      throw new Error(`the statechart stopped at ${(event as EventObject).type}`, { cause: next.error });
    const actions: StatechartAction[] = [];
    const timers: TimerChange<string>[] = [];
    for (const action of collected) {
      if (action.type !== 'xstate.raise' && action.type !== 'xstate.cancel') actions.push(action);
      else {
        const timer = timerOf(action);
        if (timer !== null) timers.push(timer);
      }
    }
    // A machine's transition gives a snapshot of that machine; its loose type does not know which.
    return { snapshot: next as SnapshotFrom<Machine>, actions, timers };
  };
};
