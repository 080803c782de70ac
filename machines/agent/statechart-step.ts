/** Steps one VM's statechart: its actions come back as outputs and timers of that VM. */
import * as t from 'io-ts';
import { readParams, stepperOf, type StatechartAction } from '../shared/core/statechart-step';
import type { TimerChange } from '../shared/core/core';
import type { VmEvent } from './statechart-events';
import { AgentCommand, type AgentOutput, type AgentTimerName } from './events';
import { encodeAgentFrame, type AgentFrame } from './frames';
import type { VmState } from './state';
import { vmMachine } from './vm.machine';

/** A timer of one VM. */
export interface VmTimer {
  readonly vm: string;
  readonly change: TimerChange<AgentTimerName>;
}

export interface VmStep {
  readonly snapshot: VmState['statechart'];
  readonly outputs: readonly AgentOutput[];
  readonly timers: readonly VmTimer[];
  readonly nextCommandId: number;
}

const Send = t.type({ conn: t.string, frame: t.unknown });

const NOWHERE = { cpu: 1, mem: 1 };
const step = stepperOf(vmMachine, {
  name: '',
  sizing: { unit: NOWHERE, min: NOWHERE, max: null, independent: false },
  metrics: false,
});

const outputOf = (vm: string, action: StatechartAction, nextCommandId: number): AgentOutput => {
  switch (action.type) {
    case 'send': {
      const { conn, frame } = readParams(Send, action);
      // The type of `send` in setup.ts guarantees the frame.
      return { type: 'frame.sent', vm, conn, text: encodeAgentFrame(frame as AgentFrame) };
    }
    case 'issue':
      return { type: 'command.issued', vm, id: nextCommandId, command: readParams(AgentCommand, action) };
    default:
      throw new Error(`the statechart asks for an unknown action: ${action.type}`);
  }
};

/** One event through the statechart of `vm`. Throws when the statechart itself fails: a broken invariant of ours. */
export const stepVm = (
  vm: string,
  statechart: VmState['statechart'],
  event: VmEvent,
  firstCommandId: number,
): VmStep => {
  const stepped = step(statechart, event);
  let nextCommandId = firstCommandId;
  const outputs = stepped.actions.map((action) => {
    const output = outputOf(vm, action, nextCommandId);
    if (output.type === 'command.issued') nextCommandId += 1;
    return output;
  });
  // Only timers are raised with a delay, and they bear the names of AgentTimer.
  const timers = stepped.timers.map((change) => ({ vm, change: change as TimerChange<AgentTimerName> }));
  return { snapshot: stepped.snapshot, outputs, timers, nextCommandId };
};
