/**
 * One step of the engine while it is under way: what it has changed and emitted so far. Local to a
 * step and thrown away after it, so changing it in place keeps the step pure.
 */
import type { MonitorContext } from '../statechart/context';
import type { StatechartEvent } from '../statechart/events';
import type { OutputEvent } from '../events/outputs';
import type { AnyPolicy } from '../policies';
import { stepMonitor, type MonitorTimerChange } from './statechart-step';
import type { Domain, EngineConfig, EngineState } from './state';

export class EngineStep {
  readonly outputs: OutputEvent[] = [];
  readonly timers: MonitorTimerChange[] = [];
  private snapshot: EngineState['statechart'];
  domain: Domain;
  policyState: unknown;

  constructor(
    readonly policy: AnyPolicy,
    readonly config: EngineConfig,
    readonly at: number,
    state: EngineState,
  ) {
    this.snapshot = state.statechart;
    this.domain = state.domain;
    this.policyState = state.policy;
  }

  get context(): MonitorContext {
    return this.snapshot.context;
  }

  /** The states that the regions of the statechart are in. */
  get states(): EngineState['statechart']['value'] {
    return this.snapshot.value;
  }

  /** Changes fields of the domain. */
  update(changes: Partial<Domain>): void {
    this.domain = { ...this.domain, ...changes };
  }

  emit(output: OutputEvent): void {
    this.outputs.push(output);
  }

  /** Sends one event through the statechart. */
  dispatch(event: StatechartEvent): void {
    const step = stepMonitor(this.snapshot, event, this.domain.nextCommandId);
    this.snapshot = step.snapshot;
    if (step.nextCommandId !== this.domain.nextCommandId) this.update({ nextCommandId: step.nextCommandId });
    this.outputs.push(...step.outputs);
    this.timers.push(...step.timers);
  }

  end(): EngineState {
    return { policy: this.policyState, domain: this.domain, statechart: this.snapshot };
  }
}
