/**
 * The pure core: folds one input after the other into state, outputs and timers. Live and replay
 * run this same fold, so that a log replays to the same decisions (rule R1).
 */
import { initialTransition } from 'xstate';
import { monitorChart } from '../chart/monitor.chart';
import type { InputEvent } from '../events/inputs';
import type { OutputEvent } from '../events/outputs';
import type { AnyPolicy } from '../policies';
import { assess } from './assess';
import { foldBeat } from './beat';
import type { TimerChange } from './chart-step';
import { followWish } from './grant-timing';
import { hear } from './hear';
import { afterHigh, declaredBootReserve } from './observe';
import { Run } from './run';
import { EMPTY_DOMAIN, type EngineConfig, type EngineState } from './state';

export interface Step {
  readonly state: EngineState;
  /** In order; to be logged right behind the input, then performed. */
  readonly outputs: readonly OutputEvent[];
  readonly timers: readonly TimerChange[];
}

export interface Engine {
  readonly policy: AnyPolicy;
  readonly config: EngineConfig;
  readonly initial: EngineState;
  /** Throws only for a broken invariant of ours. */
  readonly step: (state: EngineState, at: number, input: InputEvent) => Step;
}

/** Only the agent's own frames are heard; a connection that was replaced has no say any more. */
const hearFrame = (run: Run, frame: Extract<InputEvent, { type: 'frame.received' }>): void => {
  const { conn } = run.context;
  if (conn === null || frame.conn !== conn.id) return;
  const said = hear(run.at, run.domain, frame);
  if (said.type === 'vm.informed') run.note({ bootReserveBytes: declaredBootReserve(run.domain, said.granted) });
  run.tell({ ...said, at: run.at });
  if (!conn.open) run.tell({ type: 'agent.spoke', at: run.at });
};

const fold = (run: Run, input: InputEvent): void => {
  switch (input.type) {
    case 'beat.sampled':
      foldBeat(run, input);
      return;
    case 'frame.received':
      hearFrame(run, input);
      return;
    case 'memory.high.reached':
      run.note({ shortReportedUntil: afterHigh(run.at, run.domain) });
      assess(run);
      return;
    default:
      run.tell({ ...input, at: run.at });
  }
};

export const createEngine = (policy: AnyPolicy, config: EngineConfig): Engine => {
  const [chart] = initialTransition(monitorChart, config.chart);
  return {
    policy,
    config,
    initial: { policy: policy.initial, domain: EMPTY_DOMAIN, chart },
    step: (state, at, input) => {
      const run = new Run(policy, config, at, state);
      const before = run.context;
      fold(run, input);
      if (run.context !== before) followWish(run, before);
      return { state: run.end(), outputs: run.outputs, timers: run.timers };
    },
  };
};
