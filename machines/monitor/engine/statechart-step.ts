/** Steps the monitor's statechart: its actions come back as outputs and timers. */
import type { SnapshotFrom } from 'xstate';
import * as t from 'io-ts';
import type { StatechartEvent } from '../statechart/events';
import { monitorMachine } from '../statechart/monitor.machine';
import { readParams, stepperOf, type StatechartAction } from '../../shared/core/statechart-step';
import type { TimerChange as AnyTimerChange } from '../../shared/core/core';
import type { TimerName } from '../events/inputs';
import { Command, type OutputEvent } from '../events/outputs';
import { encodeFrame } from '../../shared/protocol/encode';
import type { MonitorMessage } from '../../shared/protocol/messages';

export type MonitorSnapshot = SnapshotFrom<typeof monitorMachine>;
export type MonitorTimerChange = AnyTimerChange<TimerName>;

export interface MonitorStep {
  readonly snapshot: MonitorSnapshot;
  readonly outputs: readonly OutputEvent[];
  readonly timers: readonly MonitorTimerChange[];
  readonly nextCommandId: number;
}

const Send = t.type({ conn: t.string, message: t.unknown });

const step = stepperOf(monitorMachine, {
  scaleRequests: 'auto',
  sizeFrom: 'kernel',
  fileCache: 'absent',
  protect: 'observe',
  hardLimit: false,
  throttleMaxMs: 0,
  hotplugCpus: false,
});

/** Null for a frame to nobody. */
const outputOf = (action: StatechartAction, nextCommandId: number): OutputEvent | null => {
  switch (action.type) {
    case 'send': {
      const { conn, message } = readParams(Send, action);
      // The type of `send` in machines/monitor/statechart/setup.ts guarantees the message.
      return conn === '' ? null : { type: 'frame.sent', conn, text: encodeFrame(message as MonitorMessage) };
    }
    case 'issue':
      return { type: 'command.issued', id: nextCommandId, command: readParams(Command, action) };
    default:
      throw new Error(`the statechart asks for an unknown action: ${action.type}`);
  }
};

/** One event through the statechart. Throws when the statechart itself fails: a broken invariant of ours. */
export const stepMonitor = (
  statechart: MonitorSnapshot,
  event: StatechartEvent,
  firstCommandId: number,
): MonitorStep => {
  const stepped = step(statechart, event);
  const outputs: OutputEvent[] = [];
  let nextCommandId = firstCommandId;
  for (const action of stepped.actions) {
    const output = outputOf(action, nextCommandId);
    if (output !== null) outputs.push(output);
    if (output?.type === 'command.issued') nextCommandId += 1;
  }
  // Only timers are raised with a delay, and they bear the names of TimerName.
  return { snapshot: stepped.snapshot, outputs, timers: stepped.timers as MonitorTimerChange[], nextCommandId };
};
