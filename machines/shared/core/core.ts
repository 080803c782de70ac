/**
 * What a pure core is to its shell, whoever it decides for: a fold from inputs to state, outputs and
 * timers. The monitor's is machines/monitor/engine, the agent's is machines/agent.
 */

import type { Either } from 'fp-ts/Either';

/** A timer that the shell must set or cancel; an elapsed one comes back as the input `name`. */
export type TimerChange<Name extends string> =
  | { readonly kind: 'set'; readonly id: string; readonly name: Name; readonly delayMs: number }
  | { readonly kind: 'cancel'; readonly id: string };

export interface CoreStep<State, Output, Timer> {
  readonly state: State;
  /** In order; to be logged right behind the input, then performed. */
  readonly outputs: readonly Output[];
  readonly timers: readonly Timer[];
}

export interface Core<State, Input, Output, Timer> {
  readonly initial: State;
  /** Throws only for a broken invariant of ours. */
  readonly step: (state: State, at: number, input: Input) => CoreStep<State, Output, Timer>;
}

/** How the state of a core outlives its process. A saved state is plain JSON. */
export interface Resumable<State> {
  readonly initial: State;
  readonly save: (state: State) => unknown;
  /** After a restart within the same boot, and after another boot. Left: why the saved state is of no use. */
  readonly restartFrom: (saved: unknown) => Either<string, State>;
  readonly rebootFrom: (saved: unknown) => Either<string, State>;
}
