/**
 * The pure core: folds one input after the other into state, outputs and timers. Live and replay
 * run this same fold, so that a log replays to the same decisions (rule R1).
 */
import { initialTransition } from 'xstate';
import { monitorChart } from '../statechart/monitor.machine';
import type { Core, Step as CoreStep } from '../../shared/core/core';
import type { InputEvent } from '../events/inputs';
import type { OutputEvent } from '../events/outputs';
import { wireArmed } from '../memory/high';
import type { AnyPolicy } from '../policies';
import { trippedFalsely } from '../protection/stats';
import { assess } from './assess';
import { foldBeat } from './sample';
import type { TimerChange } from './statechart-step';
import { followShrink, followWish } from './grant-timing';
import { hear } from './receive';
import { judgeDownscale } from './judge-downscale';
import { afterHigh, declaredBootReserve } from './observe';
import { awaitTotal } from './learn-reserve';
import { keepLedger } from './protect';
import { Run } from './run';
import { EMPTY_DOMAIN, type EngineConfig, type EngineState } from './state';

export type Step = CoreStep<EngineState, OutputEvent, TimerChange>;

export interface Engine extends Core<EngineState, InputEvent, OutputEvent, TimerChange> {
  readonly policy: AnyPolicy;
  readonly config: EngineConfig;
}

/** Only the agent's own frames are heard; a connection that was replaced has no say any more. */
const hearFrame = (run: Run, frame: Extract<InputEvent, { type: 'frame.received' }>): void => {
  const { conn } = run.context;
  if (conn === null || frame.conn !== conn.id) return;
  const said = hear(run.at, run.domain, frame);
  if (said.type === 'vm.informed') run.note({ bootReserveBytes: declaredBootReserve(run.domain, said.granted) });
  run.tell({ ...said, at: run.at });
  // The bounds may be others now: what is requested next must lie within them (rule R6).
  if (said.type === 'vm.informed') assess(run);
  if (!conn.open) run.tell({ type: 'agent.spoke', at: run.at });
};

/** Whether it is need or only page cache (rule R4). */
const hearHigh = (run: Run): void => {
  const { wire, shortReportedUntil, ledger } = run.domain;
  const until = afterHigh(run.at, run.domain);
  if (until !== shortReportedUntil) run.note({ shortReportedUntil: until });
  else if (wire !== null) run.note({ ledger: trippedFalsely(ledger) });
  // A wire trips once; what comes after it is about another limit.
  run.note({ wire: null, trippedAt: null });
  // Where the watch is dead nobody has lifted it: it must not stand where it has been reached.
  if (run.context.tripwire.wantedBytes === null) return;
  run.tell({ type: 'tripwire.wanted', highBytes: null, at: run.at });
};

const followWire = (run: Run, input: InputEvent): void => {
  const { cgroup } = run.domain.readings;
  if (input.type === 'tripwire.armed') {
    run.note({ wire: cgroup === undefined ? null : wireArmed(cgroup, input.highBytes) });
  }
  if (input.type === 'tripwire.tripped') run.note({ trippedAt: run.at });
  if (input.type === 'tripwire.lifted') run.note({ wire: null });
};

const fold = (run: Run, input: InputEvent): void => {
  switch (input.type) {
    case 'beat.sampled':
      foldBeat(run, input);
      return;
    case 'frame.received':
      hearFrame(run, input);
      return;
    case 'workingSet.sampled':
      run.note({ workingSet: { at: run.at, pages: input.pages } });
      return;
    case 'workingSet.lost':
      run.note({ workingSet: null });
      return;
    case 'memory.high.reached':
      hearHigh(run);
      assess(run);
      return;
    default:
      followWire(run, input);
      run.tell({ ...input, at: run.at });
  }
};

/** The chart may approve a shrink now, and waits for rule R5's judgement of this very moment. */
const judgeWaiting = (run: Run): void => {
  const { downscale } = run.context;
  if (downscale === null || run.states.downscale !== 'judging') return;
  const { target } = downscale;
  const check = judgeDownscale(run.at, run.domain, target, downscale.targetDigits ?? String(target.mem));
  run.tell({ type: 'downscale.judged', check, at: run.at });
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
      judgeWaiting(run);
      if (run.context !== before) {
        followWish(run, before);
        followShrink(run, before);
        awaitTotal(run, before);
      }
      keepLedger(run, before, input);
      return { state: run.end(), outputs: run.outputs, timers: run.timers };
    },
  };
};
