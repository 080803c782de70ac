/**
 * A monitor's core loop in simulated time, with an agent that grants what is asked: the code that runs
 * live, without kernel, socket and clock around it.
 */
import { isRight } from 'fp-ts/Either';
import { readMonitorFrame, type MonitorFrame } from '../../machines/shared/protocol/monitor-frames';
import { CoreLoop, type EventSink } from '../../adapters/shared/core-loop/core-loop';
import type { MonitorTimerChange } from '../../machines/monitor/engine/statechart-step';
import type { Engine } from '../../machines/monitor/engine/engine';
import { engineFor } from '../../machines/monitor/engine/save';
import type { EngineSetup, EngineState } from '../../machines/monitor/engine/state';
import type { InputEvent } from '../../machines/monitor/events/inputs';
import type { OutputEvent } from '../../machines/monitor/events/outputs';
import type { Readings } from '../../machines/monitor/events/readings';
import type { Size } from '../../machines/shared/events/size';
import { GIB, SECOND_MS } from '../../machines/shared/units';

export const SETUP: EngineSetup = {
  policy: 'headroom',
  prefer: 'balanced',
  engine: {
    sizing: { unit: { cpu: 0.25, mem: GIB }, min: { cpu: 0.25, mem: GIB }, max: null, independent: false },
    // The readings do not follow the grants, so the size is a virtual one.
    statechart: {
      scaleRequests: 'auto',
      sizeFrom: 'agent',
      fileCache: 'absent',
      protect: 'observe',
      hardLimit: false,
      throttleMaxMs: 5 * SECOND_MS,
      hotplugCpus: false,
    },
  },
};

/** Gives numbers and keeps nothing. */
export const countingSink = (): EventSink => {
  let seq = 0;
  const next = (): number => (seq += 1);
  return { appendInput: next, appendOutput: next };
};

const CONN = '0123456789abcdef';
const GRANT_UP_MS = 1.5 * SECOND_MS;
const HEALTH_CHECK_MS = 5 * SECOND_MS;

interface Task {
  readonly at: number;
  readonly run: () => void;
}

export class SimulatedMonitor {
  readonly engine: Engine = engineFor(SETUP);
  readonly loop: CoreLoop<EngineState, InputEvent, OutputEvent, MonitorTimerChange>;
  at = 0;
  private readonly tasks = new Map<string, Task>();
  private nextId = 2;

  constructor(sink: EventSink) {
    this.loop = new CoreLoop({
      engine: this.engine,
      state: this.engine.initial,
      now: () => this.at,
      sink,
      perform: (output) => {
        this.perform(output);
      },
      setTimer: (change) => {
        this.setTimer(change);
      },
      settled: () => undefined,
      fail: (error) => {
        throw error;
      },
    });
  }

  /** The agent connects at once. */
  start(): void {
    this.loop.dispatch({ type: 'monitor.started' });
    this.loop.dispatch({ type: 'handshake.started', conn: CONN, peer: '10.0.0.1:4000' });
    this.loop.dispatch({ type: 'agent.connected', conn: CONN, peer: '10.0.0.1:4000', version: '1.1' });
    this.checkHealth();
  }

  /** Time passes, whatever falls due happens in its order, and then there is a beat. */
  beat(readings: Readings, elapsedMs: number): void {
    const until = this.at + elapsedMs;
    for (let due = this.earliest(until); due !== null; due = this.earliest(until)) {
      const [name, task] = due;
      this.tasks.delete(name);
      this.at = task.at;
      task.run();
    }
    this.at = until;
    this.loop.dispatch({ type: 'sample.taken', elapsedMs, skippedSamples: 0, readings });
  }

  private earliest(until: number): readonly [string, Task] | null {
    let first: readonly [string, Task] | null = null;
    for (const entry of this.tasks) {
      if (entry[1].at <= until && (first === null || entry[1].at < first[1].at)) first = entry;
    }
    return first;
  }

  private after(delayMs: number, name: string, run: () => void): void {
    this.tasks.set(name, { at: this.at + delayMs, run });
  }

  private setTimer(change: MonitorTimerChange): void {
    this.tasks.delete(change.id);
    if (change.kind === 'cancel') return;
    this.after(change.delayMs, change.id, () => {
      this.loop.dispatch({ type: change.name });
    });
  }

  private say(type: string, content: object): void {
    const text = JSON.stringify({ content, type, id: this.nextId });
    this.nextId += 2;
    this.loop.dispatch({ type: 'frame.received', conn: CONN, text });
  }

  private checkHealth(): void {
    this.after(HEALTH_CHECK_MS, 'agent health check', () => {
      this.say('HealthCheck', {});
      this.checkHealth();
    });
  }

  private perform(output: OutputEvent): void {
    if (output.type !== 'frame.sent') return;
    const frame = readMonitorFrame(output.text);
    if (isRight(frame)) this.obey(frame.right);
  }

  /** Plugs and notifies; before it unplugs it asks. One wish is under way, the newest. */
  private obey(frame: MonitorFrame): void {
    if (frame.type !== 'ScaleRequest') return;
    const { target } = frame;
    this.after(GRANT_UP_MS, 'agent grant', () => {
      this.grant(target);
    });
  }

  private grant(target: Size): void {
    const { granted } = this.loop.state.statechart.context;
    const isUp = granted === null || target.mem > granted.mem;
    if (isUp) this.say('UpscaleNotification', { granted: target });
    else this.say('DownscaleRequest', { target });
  }
}
