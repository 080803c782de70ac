/**
 * The one place where inputs become decisions: stamp, log, fold, log and perform what came out.
 * Each input runs to its end before the next begins, whoever brings it.
 */
import { Subject, type Observable } from 'rxjs';
import type { Engine } from '../../machines/engine/engine';
import type { EngineState } from '../../machines/engine/state';
import { LOG_VERSION, type Envelope } from '../../machines/events/envelope';
import type { InputEvent } from '../../machines/events/inputs';
import type { OutputEvent } from '../../machines/events/outputs';
import type { TimerChange } from '../../machines/engine/chart-step';

/** Inputs that arrive within one another: a handful. More is a loop of ours. */
const QUEUE_MAX = 1_000;

/** Gives each event its number and keeps it, if there is a log. */
export interface EventSink {
  appendInput(at: number, event: InputEvent): number;
  appendOutput(at: number, event: OutputEvent): number;
}

export interface CoreLoopParts {
  readonly engine: Engine;
  readonly state: EngineState;
  /** Milliseconds since the log began; never goes back. */
  readonly now: () => number;
  readonly sink: EventSink;
  readonly perform: (output: OutputEvent) => void;
  readonly setTimer: (change: TimerChange) => void;
  /** After each input, with the new state. */
  readonly settled: (state: EngineState) => void;
  /** A broken invariant of ours: the core cannot go on. */
  readonly fail: (error: unknown) => void;
}

export class CoreLoop {
  private readonly queue: InputEvent[] = [];
  private isRunning = false;
  private isStopped = false;
  private current: EngineState;
  private readonly subject = new Subject<Envelope>();

  constructor(private readonly parts: CoreLoopParts) {
    this.current = parts.state;
  }

  get state(): EngineState {
    return this.current;
  }

  /** Every input and output, as it is logged. */
  get events(): Observable<Envelope> {
    return this.subject.asObservable();
  }

  /** Folds an input now, or right after the one that is being folded. */
  readonly dispatch = (input: InputEvent): void => {
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

  private fold(input: InputEvent): void {
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

  private publish(seq: number, at: number, event: InputEvent | OutputEvent): void {
    this.subject.next({ v: LOG_VERSION, seq, at, event });
  }
}
