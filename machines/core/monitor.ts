/** The monitor's core behind plain JavaScript: options in, steps out. docs/core.md shows how it is driven. */
import * as E from 'fp-ts/Either';
import { DECISION_FLAGS } from '../monitor/config/flags';
import { checkedSizing, setupOf } from '../monitor/config/setup';
import type { Engine, Step } from '../monitor/engine/engine';
import { samplingIntervalMs } from '../monitor/engine/pace';
import { openEngine } from '../monitor/engine/replay';
import { engineFor } from '../monitor/engine/save';
import type { EngineSetup, EngineState } from '../monitor/engine/state';
import type { InputEvent } from '../monitor/events/inputs';
import { monitorMachine } from '../monitor/statechart/monitor.machine';
import { explainSize, type Explanation } from '../monitor/status/explain';
import { NO_NOTES, noteEvent, type StatusNotes } from '../monitor/status/notes';
import { single } from '../shared/config/flag';
import { oneOf } from '../shared/config/texts/words';
import type { LogOpened } from '../shared/events/envelope';
import { clashOf, orThrow, readOptions, type OptionsOf } from './options';

/** The decision-relevant flags; and where the file cache lies, which the command line takes from others. */
export const MONITOR_CORE_FLAGS = {
  ...DECISION_FLAGS,
  fileCache: single(
    { value: 'absent|memory|disk', default: 'absent', help: 'where the file cache of Postgres lies, if there is one' },
    oneOf('absent', 'memory', 'disk'),
  ),
};

export type MonitorCoreOptions = OptionsOf<typeof MONITOR_CORE_FLAGS>;

/** Not to be changed; what is in it may be looked at: `statechart.value` has the state of each region. */
export interface MonitorCoreState extends EngineState {
  readonly notes: StatusNotes;
}

export interface MonitorCoreStep extends Omit<Step, 'state'> {
  readonly state: MonitorCoreState;
}

export interface MonitorCore {
  readonly initial: MonitorCoreState;
  /**
   * @param at ms since some moment of the caller's; never less than in the step before
   * @param input an input event of the log. A timer that has run out comes back as `{ type: name }`
   */
  readonly step: (state: MonitorCoreState, at: number, input: InputEvent) => MonitorCoreStep;
  /** For how long after `at` no sample is needed. */
  readonly sampleIntervalMs: (state: MonitorCoreState, at: number) => number;
  readonly explain: (state: MonitorCoreState) => Explanation;
  /** The statechart as XState knows it, for a diagram. */
  readonly machine: typeof monitorMachine;
}

const coreFrom = (engine: Engine, begun: EngineState): MonitorCore => ({
  initial: { ...begun, notes: NO_NOTES },
  step: (state, at, input) => {
    const { state: next, outputs, timers } = engine.step(state, at, input);
    const { policy, domain, statechart } = next;
    const notes = outputs.reduce(noteEvent, noteEvent(state.notes, input));
    return { state: { policy, domain, statechart, notes }, outputs, timers };
  },
  sampleIntervalMs: samplingIntervalMs,
  explain: (state) => explainSize(engine.config, state, state.notes),
  machine: monitorMachine,
});

const setupFrom = (options: MonitorCoreOptions): EngineSetup => {
  const given = readOptions(MONITOR_CORE_FLAGS, options, '');
  const { values } = given;
  const sizing = checkedSizing(values);
  if (E.isLeft(sizing)) throw clashOf(MONITOR_CORE_FLAGS, given, sizing.left.key, sizing.left.expected);
  return setupOf({ ...values, sizing: sizing.right }, values.fileCache);
};

/** Throws RangeError for an unknown option or a bad value. */
export const createMonitorCore = (options: MonitorCoreOptions = {}): MonitorCore => {
  const engine = engineFor(setupFrom(options));
  return coreFrom(engine, engine.initial);
};

/**
 * The core that wrote a log, in the state that a segment's head bears: the first line's event, `log.opened`. What has been
 * decided before is not in it, so `explain` gives a reason after the next decision only. Throws RangeError for a head that
 * this build cannot use.
 */
export const openMonitorLog = (head: LogOpened): MonitorCore => {
  const { engine, begun } = orThrow(openEngine(head));
  return coreFrom(engine, begun);
};
