/**
 * The pure core: folds one input after the other into state, outputs and timers. Live and replay
 * run this same fold, so that a log replays to the same decisions (rule R1).
 */
import { initialTransition } from 'xstate';
import { monitorMachine } from '../statechart/monitor.machine';
import type { Core, CoreStep as CoreStep } from '../../shared/core/core';
import type { InputEvent } from '../events/inputs';
import type { OutputEvent } from '../events/outputs';
import { wireArmed } from '../memory/high';
import type { AnyPolicy } from '../policies';
import { trippedFalsely } from '../protection/stats';
import { assess } from './assess';
import { applySample } from './sample';
import type { MonitorTimerChange } from './statechart-step';
import { followShrink, timeRequest } from './grant-timing';
import { receive } from './receive';
import { judgeDownscale } from './judge-downscale';
import { afterHigh, declaredBootReserve } from './observe';
import { awaitTotal } from './learn-reserve';
import { updateStats } from './protect';
import { EngineStep } from './run';
import { EMPTY_DOMAIN, type EngineConfig, type EngineState } from './state';

export type Step = CoreStep<EngineState, OutputEvent, MonitorTimerChange>;

export interface Engine extends Core<EngineState, InputEvent, OutputEvent, MonitorTimerChange> {
  readonly policy: AnyPolicy;
  readonly config: EngineConfig;
}

/** Only the agent's own frames count; those of a connection that was replaced do not. */
const hearFrame = (run: EngineStep, frame: Extract<InputEvent, { type: 'frame.received' }>): void => {
  const { conn } = run.context;
  if (conn === null || frame.conn !== conn.id) return;
  const message = receive(run.at, run.domain, run.context, frame);
  if (message.type === 'vm.informed')
    run.update({ bootReserveBytes: declaredBootReserve(run.domain, message.granted) });
  run.dispatch({ ...message, at: run.at });
  // The bounds may be others now: what is requested next must lie within them (rule R6).
  if (message.type === 'vm.informed') assess(run);
  if (!conn.open) run.dispatch({ type: 'agent.spoke', at: run.at });
};

/** Whether it is use or only page cache (rule R4). */
const hearHigh = (run: EngineStep): void => {
  const { wire, shortReportedUntil, stats } = run.domain;
  const until = afterHigh(run.at, run.domain);
  if (until !== shortReportedUntil) run.update({ shortReportedUntil: until });
  else if (wire !== null) run.update({ stats: trippedFalsely(stats) });
  // A wire trips once; what comes after it is about another limit.
  run.update({ wire: null, trippedAt: null });
  // Where the watch is dead nobody has lifted it: it must not stand where it has been reached.
  if (run.context.tripwire.wantedBytes === null) return;
  run.dispatch({ type: 'tripwire.wanted', highBytes: null, at: run.at });
};

const followWire = (run: EngineStep, input: InputEvent): void => {
  const { cgroup } = run.domain.readings;
  if (input.type === 'tripwire.armed') {
    run.update({ wire: cgroup === undefined ? null : wireArmed(cgroup, input.highBytes) });
  }
  if (input.type === 'tripwire.tripped') run.update({ trippedAt: run.at });
  if (input.type === 'tripwire.lifted') run.update({ wire: null });
};

const fold = (run: EngineStep, input: InputEvent): void => {
  switch (input.type) {
    case 'sample.taken':
      applySample(run, input);
      return;
    case 'frame.received':
      hearFrame(run, input);
      return;
    case 'workingSet.sampled':
      run.update({ workingSet: { at: run.at, pages: input.pages } });
      return;
    case 'workingSet.lost':
      run.update({ workingSet: null });
      return;
    case 'memory.high.reached':
      hearHigh(run);
      assess(run);
      return;
    default:
      followWire(run, input);
      run.dispatch({ ...input, at: run.at });
  }
};

/**
 * The statechart may approve a shrink now, and waits for rule R5's answer for this very moment: for a sample that shows what the file
 * cache has given back, or for as long as the agent waits for an answer.
 */
const judgeWaiting = (run: EngineStep, input: InputEvent): void => {
  const { downscale } = run.context;
  if (downscale === null || run.states.downscale !== 'judging') return;
  if (input.type !== 'sample.taken' && input.type !== 'downscale.overdue') return;
  const { target } = downscale;
  const check = judgeDownscale(run.at, run.domain, target, downscale.targetDigits ?? String(target.mem), 0);
  run.dispatch({ type: 'downscale.judged', check, at: run.at });
};

export const createEngine = (policy: AnyPolicy, config: EngineConfig): Engine => {
  const [statechart] = initialTransition(monitorMachine, config.statechart);
  return {
    policy,
    config,
    initial: { policy: policy.initial, domain: EMPTY_DOMAIN, statechart },
    step: (state, at, input) => {
      const run = new EngineStep(policy, config, at, state);
      const before = run.context;
      fold(run, input);
      judgeWaiting(run, input);
      if (run.context !== before) {
        timeRequest(run, before);
        followShrink(run, before);
        awaitTotal(run, before);
      }
      updateStats(run, before, input);
      return { state: run.end(), outputs: run.outputs, timers: run.timers };
    },
  };
};
