/**
 * Tells a story to the engine: a VM whose readings change, an agent that answers, and time that
 * passes, with the engine's timers firing when they are due. It keeps the trace for the rules.
 */
import type { StatechartConfig } from '../../machines/monitor/statechart/context';
import type { Engine } from '../../machines/monitor/engine/engine';
import type { MonitorTimerChange } from '../../machines/monitor/engine/statechart-step';
import { samplingIntervalMs } from '../../machines/monitor/engine/pace';
import { engineFor } from '../../machines/monitor/engine/save';
import type { EngineConfig, EngineSetup, EngineState } from '../../machines/monitor/engine/state';
import type { InputEvent } from '../../machines/monitor/events/inputs';
import type { Command, OutputEvent, SizeDecided } from '../../machines/monitor/events/outputs';
import type { Readings } from '../../machines/monitor/events/readings';
import type { Size } from '../../machines/shared/events/size';
import { checkRules } from '../rules';
import { framesOf, type SentFrame, type Trace, type TraceStep } from '../rules/trace';
import { silent, type Agent, type VmOfAgent } from './agents';
import { units } from './chart-events';
import { FakeTime } from './fake-time';
import { FakeActuators, isProtection, type Body, type ActuatorsPlan } from './actuators';
import { IDLE_VM, readingsOf, type Vm } from './vm';

export interface StoryOptions {
  readonly policy?: EngineSetup['policy'];
  readonly prefer?: EngineSetup['prefer'];
  readonly sizing?: Partial<EngineConfig['sizing']>;
  readonly statechart?: Partial<StatechartConfig>;
  /** The state to begin with; the engine's initial one if left out. */
  readonly from?: (engine: Engine) => EngineState;
  readonly at?: number;
  /** How protection's commands are carried out; null: their outcomes are told by the story itself. */
  readonly actuators?: ActuatorsPlan | null;
}

const UNPROTECTED = { protect: 'observe', hardLimit: false, throttleMaxMs: 5000, hotplugCpus: false } as const;

const setupOf = ({ policy = 'headroom', prefer = 'balanced', sizing, statechart }: StoryOptions): EngineSetup => ({
  policy,
  prefer,
  engine: {
    sizing: { unit: units(1), min: units(1), max: units(8), independent: false, ...sizing },
    statechart: { scaleRequests: 'auto', sizeFrom: 'kernel', fileCache: 'absent', ...UNPROTECTED, ...statechart },
  },
});

export interface Sent extends SentFrame {
  readonly at: number;
  readonly floor?: Size;
  readonly withinMs?: number;
}

export class Story implements VmOfAgent, Body {
  readonly setup: EngineSetup;
  readonly engine: Engine;
  readonly steps: TraceStep[] = [];
  vm: Vm = IDLE_VM;
  state: EngineState;
  readonly actuators: FakeActuators;
  private readonly time = new FakeTime();
  private readonly start: EngineState;
  private readonly timers = new Map<string, () => void>();
  private agent: Agent = silent;
  private conn: string | null = null;
  private connections = 0;
  private nextId = 2;
  private lastBeatAt: number | null = null;
  private readonly isWithoutActuators: boolean;
  private override: ((readings: Readings) => Readings) | null = null;

  constructor(options: StoryOptions = {}) {
    this.isWithoutActuators = options.actuators === null;
    this.actuators = new FakeActuators(this, options.actuators ?? {});
    this.setup = setupOf(options);
    this.engine = engineFor(this.setup);
    this.start = options.from?.(this.engine) ?? this.engine.initial;
    this.state = this.start;
    this.time.now = options.at ?? 0;
    this.input({ type: 'monitor.started' });
  }

  get at(): number {
    return this.time.now;
  }
  get size(): Size {
    return this.vm.size;
  }
  get trace(): Trace {
    return { engine: this.engine, start: this.start, steps: this.steps };
  }

  /** Folds one input now and does what comes of it. */
  input(input: InputEvent): this {
    const before = this.state;
    const step = this.engine.step(before, this.at, input);
    this.state = step.state;
    const traced = { at: this.at, input, before, step };
    this.steps.push(traced);
    for (const change of step.timers) this.setTimer(change);
    for (const frame of framesOf(traced)) if (frame.conn === this.conn) this.agent(frame, this);
    for (const output of step.outputs) this.perform(output);
    return this;
  }

  later(delayMs: number, run: () => void): void {
    this.time.after(delayMs, run);
  }

  /** The VM changes; the next beat shows it. */
  has(changes: Partial<Vm>): this {
    this.vm = { ...this.vm, ...changes };
    return this;
  }

  /** From here on beats read this instead; null: the VM's own readings again. */
  reads(override: ((readings: Readings) => Readings) | null): this {
    this.override = override;
    return this;
  }

  beat(): this {
    const elapsedMs = this.lastBeatAt === null ? 0 : this.at - this.lastBeatAt;
    this.lastBeatAt = this.at;
    this.vm = { ...this.vm, bootBytes: this.vm.bootBytes ?? this.vm.size.mem };
    const readings = readingsOf(this.vm, elapsedMs);
    return this.input({
      type: 'sample.taken',
      elapsedMs,
      skippedSamples: 0,
      readings: this.override?.(readings) ?? readings,
    });
  }

  /** Time passes without beats. */
  waits(ms: number): this {
    this.time.advance(ms);
    return this;
  }

  /** Time passes with beats at the engine's own pace, `each` beat being prepared by a change of the VM. */
  runs(ms: number, each: (sinceMs: number) => Partial<Vm> = () => ({})): this {
    const from = this.at;
    while (this.at < from + ms) {
      this.time.advance(Math.min(samplingIntervalMs(this.state, this.at), from + ms - this.at));
      this.has(each(this.at - from)).beat();
    }
    return this;
  }

  /** An agent completes its handshake. */
  connects(version: '1.0' | '1.1' = '1.1', agent: Agent = silent): this {
    this.connections += 1;
    const conn = `conn-${this.connections}`;
    this.conn = conn;
    this.agent = agent;
    this.nextId = 2;
    return this.input({ type: 'agent.connected', conn, peer: '10.0.0.1:4000', version });
  }

  loses(): this {
    const conn = this.conn ?? '';
    this.conn = null;
    return this.input({ type: 'agent.lost', conn, reason: 'closed' });
  }

  /** A frame of the agent as text. */
  hears(text: string, conn = this.conn): this {
    return conn === null ? this : this.input({ type: 'frame.received', conn, text });
  }

  say(type: string, content: object, delayMs = 0, id = this.takeId()): this {
    const { conn } = this;
    const text = JSON.stringify({ content, type, id });
    if (delayMs === 0) return this.hears(text);
    this.time.after(delayMs, () => this.conn === conn && this.hears(text));
    return this;
  }

  resize(size: Size, delayMs = 0): void {
    this.time.after(delayMs, () => this.has({ size }));
  }

  sent(type?: string): Sent[] {
    return this.steps.flatMap((step) => framesOf(step, type).map((frame) => ({ ...frame, at: step.at })));
  }

  decisions(): (SizeDecided & { readonly at: number })[] {
    return this.steps.flatMap(({ at, step }) =>
      step.outputs.flatMap((output) => (output.type === 'size.decided' ? [{ ...output, at }] : [])),
    );
  }

  commands<T extends Command['type']>(type: T): Extract<Command, { type: T }>[] {
    return this.steps.flatMap(({ step }) =>
      step.outputs.flatMap((output) =>
        output.type === 'command.issued' && output.command.type === type
          ? [output.command as Extract<Command, { type: T }>]
          : [],
      ),
    );
  }

  private perform(output: OutputEvent): void {
    if (this.isWithoutActuators || output.type !== 'command.issued' || !isProtection(output.command)) return;
    this.actuators.perform(output.id, output.command);
  }

  private takeId(): number {
    this.nextId += 2;
    return this.nextId - 2;
  }

  private setTimer(change: MonitorTimerChange): void {
    this.timers.get(change.id)?.();
    this.timers.delete(change.id);
    if (change.kind === 'cancel') return;
    const cancel = this.time.after(change.delayMs, () => {
      this.timers.delete(change.id);
      this.input({ type: change.name });
    });
    this.timers.set(change.id, cancel);
  }
}

let told: Story[] = [];

export const story = (options: StoryOptions = {}): Story => {
  const made = new Story(options);
  told.push(made);
  return made;
};

/** For `afterEach`: all rules hold in every story of the test. */
export const expectRulesKept = (): void => {
  const broken = told.flatMap(({ trace }) => checkRules(trace));
  told = [];
  expect(broken).toEqual([]);
};
