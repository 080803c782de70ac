/**
 * Folds a recorded log again and compares what it decides with what was logged (rule R1). Executes
 * nothing: the outcomes of effects are inputs of the log.
 */
import * as E from 'fp-ts/Either';
import type { Envelope, LogOpened } from '../events/envelope';
import type { InputEvent } from '../events/inputs';
import { isOutput, type OutputEvent, type SizeDecided } from '../events/outputs';
import type { Engine } from './engine';
import { continueFrom, engineFor } from './save';
import { EngineSetup, type EngineState } from './state';

export interface Divergence {
  readonly seq: number;
  readonly kind: 'missing' | 'extra' | 'different';
  readonly expected: OutputEvent | null;
  readonly logged: OutputEvent | null;
  /** The line was written by another build than this one: it was decided anew, not wrongly. */
  readonly otherBuild: boolean;
}

export interface Decision {
  readonly seq: number;
  readonly at: number;
  readonly decided: SizeDecided;
}

/** What one line of the log brought. */
export interface Taken {
  readonly decision: Decision | null;
  readonly divergences: readonly Divergence[];
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

export class Replay {
  private engine: Engine | null = null;
  private state: EngineState | null = null;
  private otherBuild = false;
  /** Outputs of the last input that the log has yet to show. */
  private awaited: OutputEvent[] = [];

  constructor(private readonly build: string) {}

  /** Throws ReplayError for a head that cannot be used. */
  take({ seq, at, event }: Envelope): Taken {
    if (event.type === 'log.opened') return this.open(seq, event);
    return isOutput(event) ? this.compare(seq, at, event) : this.fold(seq, at, event);
  }

  private open(seq: number, head: LogOpened): Taken {
    const divergences = head.resumedAfter === undefined ? this.missing(seq) : [];
    this.awaited = [];
    const setup = EngineSetup.decode(head.config['engine']);
    if (E.isLeft(setup)) throw new ReplayError(`seq ${seq}: log.opened has no configuration that this build knows`);
    this.engine = engineFor(setup.right);
    this.otherBuild = head.build !== this.build;
    const state = head.state === null ? E.right(this.engine.initial) : continueFrom(this.engine, head.state);
    if (E.isLeft(state)) throw new ReplayError(`seq ${seq}: ${state.left}`);
    this.state = state.right;
    return { decision: null, divergences };
  }

  private fold(seq: number, at: number, input: InputEvent): Taken {
    if (this.engine === null || this.state === null) throw new ReplayError(`seq ${seq}: no log.opened before it`);
    const divergences = this.missing(seq);
    const step = this.engine.step(this.state, at, input);
    this.state = step.state;
    this.awaited = [...step.outputs];
    return { decision: null, divergences };
  }

  private compare(seq: number, at: number, logged: OutputEvent): Taken {
    const expected = this.awaited.shift() ?? null;
    const decision = expected?.type === 'size.decided' ? { seq, at, decided: expected } : null;
    if (expected !== null && sameJson(expected, logged)) return { decision, divergences: [] };
    const kind = expected === null ? 'extra' : 'different';
    return { decision, divergences: [{ seq, kind, expected, logged, otherBuild: this.otherBuild }] };
  }

  /** Outputs that the fold produced and the log does not show before line `seq`. */
  private missing(seq: number): Divergence[] {
    return this.awaited.map((expected) => ({
      seq,
      kind: 'missing',
      expected,
      logged: null,
      otherBuild: this.otherBuild,
    }));
  }
}
