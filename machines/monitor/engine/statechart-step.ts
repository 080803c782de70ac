/** Steps the monitor's statechart: its actions come back as outputs and timers. */
import type { SnapshotFrom } from 'xstate';
import * as t from 'io-ts';
import type { ChartEvent } from '../statechart/events';
import { monitorChart } from '../statechart/monitor.machine';
import { readParams, stepperOf, type ChartAction } from '../../shared/core/statechart-step';
import type { TimerChange as AnyTimerChange } from '../../shared/core/core';
import type { TimerName } from '../events/inputs';
import { Command, type OutputEvent } from '../events/outputs';
import { encodeFrame } from '../../shared/protocol/encode';
import type { MonitorMessage } from '../../shared/protocol/messages';

export type ChartSnapshot = SnapshotFrom<typeof monitorChart>;
export type TimerChange = AnyTimerChange<TimerName>;

export interface ChartStep {
  readonly chart: ChartSnapshot;
  readonly outputs: readonly OutputEvent[];
  readonly timers: readonly TimerChange[];
  readonly nextCommandId: number;
}

const Send = t.type({ conn: t.string, message: t.unknown });

const step = stepperOf(monitorChart, {
  scaleRequests: 'auto',
  sizeFrom: 'kernel',
  fileCache: 'absent',
  protect: 'observe',
  hardLimit: false,
  brakeMs: 0,
  hotplugCpus: false,
});

/** Null for a frame to nobody. */
const outputOf = (action: ChartAction, nextCommandId: number): OutputEvent | null => {
  switch (action.type) {
    case 'send': {
      const { conn, message } = readParams(Send, action);
      // The type of `send` in machines/monitor/statechart/setup.ts guarantees the message.
      return conn === '' ? null : { type: 'frame.sent', conn, text: encodeFrame(message as MonitorMessage) };
    }
    case 'issue':
      return { type: 'command.issued', id: nextCommandId, command: readParams(Command, action) };
    default:
      throw new Error(`the chart asks for an unknown action: ${action.type}`);
  }
};

/** One event through the chart. Throws when the chart itself fails: a broken invariant of ours. */
export const stepChart = (chart: ChartSnapshot, event: ChartEvent, firstCommandId: number): ChartStep => {
  const stepped = step(chart, event);
  const outputs: OutputEvent[] = [];
  let nextCommandId = firstCommandId;
  for (const action of stepped.actions) {
    const output = outputOf(action, nextCommandId);
    if (output !== null) outputs.push(output);
    if (output?.type === 'command.issued') nextCommandId += 1;
  }
  // Only timers are raised with a delay, and they bear the names of TimerName.
  return { chart: stepped.chart, outputs, timers: stepped.timers as TimerChange[], nextCommandId };
};
