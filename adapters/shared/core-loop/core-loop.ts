/**
 * The one place where inputs become decisions: stamp, log, fold, log and perform what came out.
 * Each input runs to its end before the next begins, whoever brings it.
 */
import { Subject, type Observable } from 'rxjs';
import type { Core } from '../../../machines/shared/core/core';
import { LOG_VERSION, type LineOf, type Typed } from '../../../machines/shared/events/envelope';

/** Inputs that arrive within one another: a handful. More is a loop of ours. */
const QUEUE_MAX = 1_000;

/** Gives each event its number and keeps it, if there is a log. */
export interface EventSink {
  appendInput(at: number, event: Typed): number;
  appendOutput(at: number, event: Typed): number;
}

export interface CoreLoopParts<State, Input, Output, Timer> {
  readonly engine: Pick<Core<State, Input, Output, Timer>, 'step'>;
  readonly state: State;
  /** Milliseconds since the log began; never goes back. */
  readonly now: () => number;
  readonly sink: EventSink;
  readonly perform: (output: Output) => void;
  readonly setTimer: (change: Timer) => void;
  /** After each input, with the new state. */
  readonly settled: (state: State) => void;
  /** A broken invariant of ours: the core cannot go on. */
  readonly fail: (error: unknown) => void;
}

export class CoreLoop<State, Input extends { readonly type: string }, Output extends { readonly type: string }, Timer> {
  private readonly queue: Input[] = [];
  private isRunning = false;
  private isStopped = false;
  private current: State;
  private readonly subject = new Subject<LineOf<Input | Output>>();

  constructor(private readonly parts: CoreLoopParts<State, Input, Output, Timer>) {
    this.current = parts.state;
  }

  get state(): State {
    return this.current;
  }

  /** Every input and output, as it is logged. */
  get events(): Observable<LineOf<Input | Output>> {
    return this.subject.asObservable();
  }

  /** Folds an input now, or right after the one that is being folded. */
  readonly dispatch = (input: Input): void => {
    if (this.isStopped) return;
    this.queue.push(input);
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
        if (this.queue.length > QUEUE_MAX) throw new Error(`more than ${QUEUE_MAX} inputs within one`);
        this.fold(next);
      }
    } catch (error) {
      this.stop();
      this.parts.fail(error);
    } finally {
      this.isRunning = false;
    }
  };

  /** Nothing is folded after it; completes the events. */
  stop(): void {
    this.isStopped = true;
    this.queue.length = 0;
    this.subject.complete();
  }

  private fold(input: Input): void {
    const { engine, sink, now, perform, setTimer, settled } = this.parts;
    const at = now();
    this.publish(sink.appendInput(at, input), at, input);
    const { state, outputs, timers } = engine.step(this.current, at, input);
    this.current = state;
    // All of a step is logged before any of it is done: what follows from doing comes after it in the log.
    const numbered = outputs.map((output) => ({ seq: sink.appendOutput(at, output), output }));
    for (const change of timers) setTimer(change);
    for (const { output } of numbered) perform(output);
    for (const { seq, output } of numbered) this.publish(seq, at, output);
    settled(state);
  }

  private publish(seq: number, at: number, event: Input | Output): void {
    this.subject.next({ v: LOG_VERSION, seq, at, event });
  }
}
