/**
 * One step of the engine while it is under way: what it has changed and said so far. Local to a
 * step and thrown away after it, so changing it in place keeps the step pure.
 */
import type { ChartContext } from '../statechart/context';
import type { ChartEvent } from '../statechart/events';
import type { OutputEvent } from '../events/outputs';
import type { AnyPolicy } from '../policies';
import { stepChart, type TimerChange } from './statechart-step';
import type { Domain, EngineConfig, EngineState } from './state';

export class Run {
  readonly outputs: OutputEvent[] = [];
  readonly timers: TimerChange[] = [];
  private chart: EngineState['chart'];
  domain: Domain;
  policyState: unknown;

  constructor(
    readonly policy: AnyPolicy,
    readonly config: EngineConfig,
    readonly at: number,
    state: EngineState,
  ) {
    this.chart = state.chart;
    this.domain = state.domain;
    this.policyState = state.policy;
  }

  get context(): ChartContext {
    return this.chart.context;
  }

  /** The states that the regions of the chart are in. */
  get states(): EngineState['chart']['value'] {
    return this.chart.value;
  }

  /** Changes fields of the domain. */
  note(changes: Partial<Domain>): void {
    this.domain = { ...this.domain, ...changes };
  }

  say(output: OutputEvent): void {
    this.outputs.push(output);
  }

  /** Sends one event through the chart. */
  tell(event: ChartEvent): void {
    const step = stepChart(this.chart, event, this.domain.nextCommandId);
    this.chart = step.chart;
    if (step.nextCommandId !== this.domain.nextCommandId) this.note({ nextCommandId: step.nextCommandId });
    this.outputs.push(...step.outputs);
    this.timers.push(...step.timers);
  }

  end(): EngineState {
    return { policy: this.policyState, domain: this.domain, chart: this.chart };
  }
}
