/**
 * The side-effect actors: for each command of the statechart one actor that does the work and ends
 * in exactly one outcome. An actor resolves, also when its work failed: a failure is an event.
 */
import { createActor, fromPromise, type PromiseActorLogic } from 'xstate';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import type { Command } from '../../../machines/monitor/events/outputs';

/** The outcome that goes back into the core; null for a command that has none of its own. */
export type Outcome = InputEvent | null;

export interface EffectInput<C extends Command> {
  readonly id: number;
  readonly command: C;
}

export type EffectActor<C extends Command = Command> = PromiseActorLogic<Outcome, EffectInput<C>>;

export type EffectActors = { readonly [T in Command['type']]: EffectActor<Extract<Command, { type: T }>> };

/** An actor from a function of the command. `signal` aborts when the monitor stops. */
export const effectActor = <C extends Command>(
  work: (input: EffectInput<C>, signal: AbortSignal) => Promise<Outcome>,
): EffectActor<C> => fromPromise(({ input, signal }) => work(input, signal));

export interface Effects {
  /** Starts the command's actor; its outcome is emitted once, later. */
  readonly perform: (id: number, command: Command) => void;
  /** Stops all actors under way; no outcome is emitted after it. */
  readonly stop: () => void;
}

/** @param fail an actor rejected, which it must not: a broken invariant of ours */
export const startEffects = (
  actors: EffectActors,
  emit: (outcome: InputEvent) => void,
  fail: (error: unknown) => void,
): Effects => {
  const running = new Set<{ stop: () => void }>();
  return {
    perform: (id, command) => {
      // The table pairs each command with its own actor, which TypeScript cannot follow through the index.
      const logic = actors[command.type] as EffectActor;
      const actor = createActor(logic, { input: { id, command } });
      running.add(actor);
      actor.subscribe({
        next: ({ status, output }) => {
          if (status !== 'done') return;
          running.delete(actor);
          if (output !== null) emit(output);
        },
        error: fail,
      });
      actor.start();
    },
    stop: () => {
      for (const actor of running) actor.stop();
      running.clear();
    },
  };
};
