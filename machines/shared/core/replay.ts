/**
 * Folds a recorded log again and compares what it decides with what was logged (rule R1). Executes
 * nothing: the outcomes of effects are inputs of the log.
 */
import * as E from 'fp-ts/Either';
import type { Type } from 'io-ts';
import { isHead, type LineOf, type LogOpened, type Typed } from '../events/envelope';
import type { Core } from './core';

export interface Divergence<Output> {
  readonly seq: number;
  readonly kind: 'missing' | 'extra' | 'different';
  readonly expected: Output | null;
  readonly logged: Output | null;
  /** The line was written by another build than this one: it was decided anew, not wrongly. */
  readonly otherBuild: boolean;
}

/** What one line of the log brought. */
export interface Taken<Output> {
  /** What the fold gave at this line, if it is an output. */
  readonly decided: Output | null;
  readonly divergences: readonly Divergence<Output>[];
}

/** A core on its way: each input gives what it decides, and moves the core on. */
export interface Folding<Input, Output> {
  readonly fold: (at: number, input: Input) => readonly Output[];
  /** The newest state, in the form in which heads bear it. */
  readonly saved: () => unknown;
}

/** Begins at a state and keeps the newest. */
export const foldingFrom = <State, Input, Output>(
  { step }: Pick<Core<State, Input, Output, unknown>, 'step'>,
  save: (state: State) => unknown,
  begun: State,
): Folding<Input, Output> => {
  let state = begun;
  return {
    fold: (at, input) => {
      const stepped = step(state, at, input);
      state = stepped.state;
      return stepped.outputs;
    },
    saved: () => save(state),
  };
};

/** What a role's log holds and how it is folded. */
export interface LogRole<Input extends Typed, Output extends Typed> {
  readonly name: LogOpened['role'];
  readonly line: Type<LineOf<Input | Output | LogOpened>>;
  readonly isOutput: (event: Input | Output) => event is Output;
  /** From the head of a segment; Left: why it cannot be used. */
  readonly open: (head: LogOpened) => E.Either<string, Folding<Input, Output>>;
}

/** The log does not hold what is needed to fold it. */
export class ReplayError extends Error {}

/** Equality of JSON values, whatever the order of keys. */
const sameJson = (a: unknown, b: unknown): boolean => {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(Reflect.get(a, key), Reflect.get(b, key)))
  );
};

export class Replay<Input extends Typed, Output extends Typed> {
  private folding: Folding<Input, Output> | null = null;
  private otherBuild = false;
  /** Outputs of the last input that the log has yet to show. */
  private awaited: Output[] = [];

  constructor(
    private readonly role: LogRole<Input, Output>,
    private readonly build: string,
  ) {}

  /** Throws ReplayError for a head that cannot be used. */
  take({ seq, at, event }: LineOf<Input | Output | LogOpened>): Taken<Output> {
    if (isHead(event)) return this.open(seq, event);
    return this.role.isOutput(event) ? this.compare(seq, event) : this.fold(seq, at, event);
  }

  private open(seq: number, head: LogOpened): Taken<Output> {
    const divergences = head.resumedAfter === undefined ? this.missing(seq) : [];
    this.awaited = [];
    const folding = this.role.open(head);
    if (E.isLeft(folding)) throw new ReplayError(`seq ${seq}: ${folding.left}`);
    this.folding = folding.right;
    this.otherBuild = head.build !== this.build;
    return { decided: null, divergences };
  }

  private fold(seq: number, at: number, input: Input): Taken<Output> {
    if (this.folding === null) throw new ReplayError(`seq ${seq}: no log.opened before it`);
    const divergences = this.missing(seq);
    this.awaited = [...this.folding.fold(at, input)];
    return { decided: null, divergences };
  }

  private compare(seq: number, logged: Output): Taken<Output> {
    const expected = this.awaited.shift() ?? null;
    if (expected !== null && sameJson(expected, logged)) return { decided: expected, divergences: [] };
    const kind = expected === null ? 'extra' : 'different';
    return { decided: expected, divergences: [{ seq, kind, expected, logged, otherBuild: this.otherBuild }] };
  }

  /** Outputs that the fold produced and the log does not show before line `seq`. */
  private missing(seq: number): Divergence<Output>[] {
    return this.awaited.map((expected) => ({
      seq,
      kind: 'missing',
      expected,
      logged: null,
      otherBuild: this.otherBuild,
    }));
  }
}
