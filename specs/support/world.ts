/** Small worlds for specs: what is left out has the defaults of a scenario's file. */
import type { Engine, Step } from '../../machines/monitor/engine/engine';
import type { EngineSetup, EngineState } from '../../machines/monitor/engine/state';
import type { InputEvent } from '../../machines/monitor/events/inputs';
import type { CoreObserver } from '../../machines/simulation/world/our-side';
import { scenarioFrom } from '../../machines/simulation/world/read-scenario';
import type { Scenario } from '../../machines/simulation/world/scenario';
import type { Trace, TraceStep } from '../rules/trace';

export const scenarioWith = (fields: Readonly<Record<string, unknown>>): Scenario =>
  scenarioFrom({ name: 'made-up', about: 'of a spec', minutes: 10, vm: { maxUnits: 16 }, load: [], ...fields });

/** Keeps each step of the core, a trace for each start of the monitor. */
export class StepRecorder implements CoreObserver {
  readonly traces: { readonly engine: Engine; readonly start: EngineState; readonly steps: TraceStep[] }[] = [];

  get inputs(): readonly (InputEvent & { readonly at: number })[] {
    return this.steps.map(({ at, input }) => ({ at, ...input }));
  }

  get steps(): readonly TraceStep[] {
    return this.traces.flatMap(({ steps }) => steps);
  }

  get judged(): readonly Trace[] {
    return this.traces;
  }

  started(_at: number, _setup: EngineSetup, engine: Engine, start: EngineState): void {
    this.traces.push({ engine, start, steps: [] });
  }

  stepped(at: number, input: InputEvent, before: EngineState, step: Step): void {
    this.traces.at(-1)?.steps.push({ at, input, before, step });
  }
}
