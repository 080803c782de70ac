/**
 * Our monitor: the whole core, driven as adapters/monitor/runtime/session.ts drives it. It samples at the core's own
 * interval, brings timers back, carries out commands on the modelled VM, and keeps the order of the core loop.
 */
import * as E from 'fp-ts/Either';
import type { Engine, Step } from '../../monitor/engine/engine';
import { samplingIntervalMs } from '../../monitor/engine/pace';
import { engineFor, restartFrom, saveState } from '../../monitor/engine/save';
import type { EngineSetup, EngineState } from '../../monitor/engine/state';
import type { MonitorTimerChange } from '../../monitor/engine/statechart-step';
import type { InputEvent } from '../../monitor/events/inputs';
import type { OutputEvent } from '../../monitor/events/outputs';
import { SECOND_MS } from '../../shared/units';
import type { Agenda, TakeBack } from './agenda';
import { Actuators } from './actuators';
import type { KernelFiles } from './readings-of';
import type { MonitorSide } from './sides';
import type { VirtualMachine } from './virtual-machine';

/** Sees every step of the core, for an event log and for the rules. */
export interface CoreObserver {
  started(at: number, setup: EngineSetup, engine: Engine, state: EngineState): void;
  stepped(at: number, input: InputEvent, before: EngineState, step: Step): void;
}

/** A frame is answered on a sample at most this old (runtime/session.ts). */
const FRAME_SAMPLE_MS = 100;
/** streams/unchanged.ts */
const HELD_BACK_FROM_MS = 100;
const HELD_BACK_MOST_MS = 500;
/** How often Postgres is asked for the working set (postgres/sample-working-set.ts). */
const WORKING_SET_MS = 15 * SECOND_MS;

export class OurMonitor implements MonitorSide {
  private engine: Engine;
  private state: EngineState;
  private readonly queue: InputEvent[] = [];
  private isFolding = false;
  private readonly timers = new Map<string, TakeBack>();
  private readonly actuators: Actuators;
  private lastSampleAt: number | null = null;
  /** The last one that was passed on; until when looks since then showed nothing new. */
  private passedAt: number | null = null;
  private unchangedUntil: number | null = null;
  private nextSampleAt = 0;
  private intervalMs = 0;
  private nextSample: TakeBack = () => undefined;
  private connections = 0;

  constructor(
    private readonly setup: EngineSetup,
    private readonly vm: VirtualMachine,
    private readonly files: KernelFiles,
    private readonly agenda: Agenda,
    private readonly send: (text: string) => void,
    private readonly observer: CoreObserver | null,
  ) {
    this.engine = engineFor(setup);
    this.state = this.engine.initial;
    this.actuators = new Actuators(vm, agenda, this.dispatch);
    vm.whenTripped = () => {
      this.dispatch({ type: 'tripwire.tripped', armedMs: this.actuators.armedMs });
    };
  }

  start(): void {
    this.observer?.started(this.agenda.now, this.setup, this.engine, this.state);
    this.dispatch({ type: 'monitor.started' });
    this.agenda.in(WORKING_SET_MS, this.sampleWorkingSet);
    this.sample();
  }

  connect(version: '1.0' | '1.1'): void {
    this.connections += 1;
    this.dispatch({ type: 'agent.connected', conn: this.conn, peer: '10.0.0.1:4000', version });
  }

  lose(): void {
    this.dispatch({ type: 'agent.lost', conn: this.conn, reason: 'closed' });
  }

  receive(text: string): void {
    if (this.lastSampleAt === null || this.agenda.now - this.lastSampleAt > FRAME_SAMPLE_MS) this.look();
    this.dispatch({ type: 'frame.received', conn: this.conn, text });
  }

  restart(withLog: boolean): void {
    // What is saved is text: nothing else outlives the process.
    const saved: unknown = JSON.parse(JSON.stringify(saveState(this.engine, this.state)));
    for (const takeBack of this.timers.values()) takeBack();
    this.timers.clear();
    this.nextSample();
    this.actuators.undo();
    this.files.forget();
    this.lastSampleAt = null;
    this.passedAt = null;
    this.unchangedUntil = null;
    this.engine = engineFor(this.setup);
    const restored = withLog ? restartFrom(this.engine, saved) : E.right(this.engine.initial);
    this.state = E.getOrElse(() => this.engine.initial)(restored);
    this.observer?.started(this.agenda.now, this.setup, this.engine, this.state);
    this.dispatch({ type: 'monitor.started' });
    this.sample();
  }

  private get conn(): string {
    return `agent-${this.connections}`;
  }

  private readonly dispatch = (input: InputEvent): void => {
    this.queue.push(input);
    if (this.isFolding) return;
    this.isFolding = true;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) this.fold(next);
    this.isFolding = false;
    this.adoptInterval();
  };

  private fold(input: InputEvent): void {
    const before = this.state;
    const step = this.engine.step(before, this.agenda.now, input);
    this.state = step.state;
    if (this.observer !== null) this.observer.stepped(this.agenda.now, input, before, step);
    for (const change of step.timers) this.setTimer(change);
    for (const output of step.outputs) this.perform(output);
  }

  private perform(output: OutputEvent): void {
    if (output.type === 'frame.sent') this.send(output.text);
    if (output.type !== 'command.issued') return;
    this.vm.scores.commands += 1;
    this.actuators.perform(output.id, output.command);
  }

  private setTimer(change: MonitorTimerChange): void {
    this.timers.get(change.id)?.();
    this.timers.delete(change.id);
    if (change.kind === 'cancel') return;
    const takeBack = this.agenda.in(change.delayMs, () => {
      this.timers.delete(change.id);
      this.dispatch({ type: change.name });
    });
    this.timers.set(change.id, takeBack);
  }

  /** A sample on the grid. */
  private sample(): void {
    const { now } = this.agenda;
    this.vm.advance(now / 1000);
    if (this.mayHoldBack() && this.files.isUnchanged(now)) {
      this.vm.scores.samples += 1;
      this.lastSampleAt = now;
      this.unchangedUntil = now;
    } else this.look();
    this.intervalMs = samplingIntervalMs(this.state, now);
    this.scheduleSample(now + this.intervalMs);
  }

  /** Not what was taken because each sample counts, and not for long (streams/unchanged.ts). */
  private mayHoldBack(): boolean {
    if (this.passedAt === null || this.intervalMs < HELD_BACK_FROM_MS) return false;
    return this.agenda.now - this.passedAt < HELD_BACK_MOST_MS;
  }

  /** The interval may have become shorter; a longer one waits for the next sample. */
  private adoptInterval(): void {
    const { now } = this.agenda;
    if (this.lastSampleAt === null || this.nextSampleAt <= now) return;
    const intervalMs = samplingIntervalMs(this.state, now);
    if (now + intervalMs >= this.nextSampleAt) return;
    this.intervalMs = intervalMs;
    this.scheduleSample(now + intervalMs);
  }

  private scheduleSample(at: number): void {
    this.nextSample();
    this.nextSampleAt = at;
    this.nextSample = this.agenda.in(at - this.agenda.now, () => {
      this.sample();
    });
  }

  private look(): void {
    const { now } = this.agenda;
    this.vm.advance(now / 1000);
    const readings = this.files.read(now);
    const passedAt = this.passedAt ?? now;
    const taken = { type: 'sample.taken', elapsedMs: now - passedAt, skippedSamples: 0, readings } as const;
    const unchangedMs = this.unchangedUntil === null ? 0 : this.unchangedUntil - passedAt;
    this.lastSampleAt = now;
    this.passedAt = now;
    this.unchangedUntil = null;
    this.vm.scores.samples += 1;
    this.dispatch(unchangedMs === 0 ? taken : { ...taken, unchangedMs });
    const count = readings.cgroup?.highEventsDelta ?? 0;
    if (count > 0) this.dispatch({ type: 'memory.high.reached', count });
  }

  private readonly sampleWorkingSet = (): void => {
    const pages = this.vm.workingSetPages();
    if (pages !== null) this.dispatch({ type: 'workingSet.sampled', pages });
    this.agenda.in(WORKING_SET_MS, this.sampleWorkingSet);
  };
}
