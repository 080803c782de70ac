/** What a run leaves behind, for the rules to judge. */
import type { InputEvent } from '../../machines/monitor/events/inputs';
import type { Engine, Step } from '../../machines/monitor/engine/engine';
import type { EngineState } from '../../machines/monitor/engine/state';
import type { OutputEvent } from '../../machines/monitor/events/outputs';
import type { MonitorContext } from '../../machines/monitor/statechart/context';

/** One step: the input, what came of it, and the state before. The state after is `step.state`. */
export interface TraceStep {
  readonly at: number;
  readonly input: InputEvent;
  readonly before: EngineState;
  readonly step: Step;
}

export interface Trace {
  readonly engine: Engine;
  /** The state that the run began with. */
  readonly start: EngineState;
  readonly steps: readonly TraceStep[];
}

/** The first step that broke a rule, and how. */
export interface Violation {
  readonly rule: string;
  readonly index: number;
  readonly at: number;
  readonly why: string;
}

export type Rule = (trace: Trace) => Violation | null;

/** A rule that can be judged step by step: `why` says what is wrong with one step, or null. */
export const everyStep =
  (rule: string, why: (step: TraceStep, trace: Trace, index: number) => string | null): Rule =>
  (trace) => {
    for (const [index, step] of trace.steps.entries()) {
      const broken = why(step, trace, index);
      if (broken !== null) return { rule, index, at: step.at, why: broken };
    }
    return null;
  };

export const contextBefore = ({ before }: TraceStep): MonitorContext => before.statechart.context;
export const contextAfter = ({ step }: TraceStep): MonitorContext => step.state.statechart.context;

/** A frame of ours as it stands on the wire; ids and sizes of our specs are below 2^53. */
export interface SentFrame {
  readonly conn: string;
  readonly type: string;
  readonly id: number;
  readonly target?: { readonly cpu: number; readonly mem: number };
  readonly floor?: { readonly cpu: number; readonly mem: number };
  readonly Ok?: boolean;
  readonly Status?: string;
}

const readSent = (output: OutputEvent): SentFrame[] =>
  output.type === 'frame.sent' ? [{ conn: output.conn, ...(JSON.parse(output.text) as Omit<SentFrame, 'conn'>) }] : [];

/** The frames that a step sent, in order. */
export const framesOf = ({ step }: TraceStep, type?: string): SentFrame[] =>
  step.outputs.flatMap(readSent).filter((frame) => type === undefined || frame.type === type);
