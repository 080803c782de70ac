/**
 * The side-effect actors: for each command of the statechart one that does the work and ends in exactly
 * one outcome. An actor resolves, also when its work failed: a failure is an event.
 */
import { createActor, fromPromise } from 'xstate';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import type { Command, CommandIssued } from '../../../machines/monitor/events/outputs';

/** The outcome that goes back into the core; null for a command that has none of its own. `signal` aborts when the monitor stops. */
export type Work = (id: number, command: Command, signal: AbortSignal) => Promise<InputEvent | null>;

export interface Effects {
  /** Starts the command's actor; its outcome is emitted once, later. */
  readonly perform: (issued: CommandIssued) => void;
  /** Stops all actors under way; no outcome is emitted after it. */
  readonly stop: () => void;
}

/** @param fail an actor rejected, which it must not: a broken invariant of ours */
export const startEffects = (
  work: Work,
  emit: (outcome: InputEvent) => void,
  fail: (error: unknown) => void,
): Effects => {
  const logic = fromPromise<InputEvent | null, CommandIssued>(({ input: { id, command }, signal }) =>
    work(id, command, signal),
  );
  const running = new Set<{ stop: () => void }>();
  return {
    perform: (input) => {
      const actor = createActor(logic, { input });
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
