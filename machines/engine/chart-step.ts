/** Steps the statechart without running anything: its actions come back as outputs and timers. */
import { createActor, type ExecutableActionObject, type SnapshotFrom } from 'xstate';
import * as t from 'io-ts';
import { isRight } from 'fp-ts/Either';
import type { ChartEvent } from '../chart/events';
import { monitorChart } from '../chart/monitor.chart';
import type { TimerName } from '../events/inputs';
import { Command, type OutputEvent } from '../events/outputs';
import { encodeFrame } from '../protocol/encode';
import type { MonitorMessage } from '../protocol/messages';

export type ChartSnapshot = SnapshotFrom<typeof monitorChart>;

/** A timer that the shell must set or cancel; an elapsed one comes back as the input `name`. */
export type TimerChange =
  | { readonly kind: 'set'; readonly id: string; readonly name: TimerName; readonly delayMs: number }
  | { readonly kind: 'cancel'; readonly id: string };

export interface ChartStep {
  readonly chart: ChartSnapshot;
  readonly outputs: readonly OutputEvent[];
  readonly timers: readonly TimerChange[];
  readonly nextCommandId: number;
}

/**
 * XState types the actions that `transition` returns loosely, and leaves its own out. These codecs
 * say what the chart's two actions and the two built-in timer actions bear.
 */
const Send = t.type({ conn: t.string, message: t.unknown });
const Raise = t.intersection([
  t.type({ event: t.type({ type: t.string }) }),
  t.partial({ id: t.union([t.string, t.undefined]), delay: t.union([t.number, t.undefined]) }),
]);
const Cancel = t.type({ sendId: t.string });

const read = <A>(codec: t.Type<A, unknown>, params: unknown, action: string): A => {
  const decoded = codec.decode(params);
  if (isRight(decoded)) return decoded.right;
  throw new Error(`the chart's action ${action} bears ${JSON.stringify(params)}`);
};

class Collector {
  readonly outputs: OutputEvent[] = [];
  readonly timers: TimerChange[] = [];
  constructor(public nextCommandId: number) {}

  take(action: { readonly type: string; readonly params: unknown }): void {
    switch (action.type) {
      case 'send': {
        const { conn, message } = read(Send, action.params, action.type);
        // The type of `send` in machines/chart/setup.ts guarantees the message.
        if (conn !== '') this.outputs.push({ type: 'frame.sent', conn, text: encodeFrame(message as MonitorMessage) });
        return;
      }
      case 'issue': {
        const command = read(Command, action.params, action.type);
        this.outputs.push({ type: 'command.issued', id: this.nextCommandId, command });
        this.nextCommandId += 1;
        return;
      }
      case 'xstate.raise': {
        const { event, id, delay } = read(Raise, action.params, action.type);
        // Without a delay the event was already handled within this step.
        if (id === undefined || delay === undefined) return;
        // Only timers are raised with a delay, and they bear the names of TimerName.
        this.timers.push({ kind: 'set', id, name: event.type as TimerName, delayMs: delay });
        return;
      }
      case 'xstate.cancel':
        this.timers.push({ kind: 'cancel', id: read(Cancel, action.params, action.type).sendId });
        return;
      default:
        throw new Error(`the chart asks for an unknown action: ${action.type}`);
    }
  }
}

/**
 * An actor that is never started: XState wants one around each transition. Its own `transition` makes
 * one each time, with a whole initial state, which costs as much as the transition itself.
 */
const inert = createActor(monitorChart, {
  input: {
    scaleRequests: 'auto',
    sizeFrom: 'kernel',
    fileCache: 'absent',
    protect: 'observe',
    hardLimit: false,
    brakeMs: 0,
    hotplugCpus: false,
  },
});

const ignore = (): void => undefined;

type Scope = Parameters<typeof monitorChart.transition>[2];

/** As XState's own: actions are collected, and nothing is done. */
const scopeCollecting = (actions: ExecutableActionObject[]): Scope => ({
  self: inert,
  id: inert.id,
  sessionId: inert.sessionId,
  system: inert.system,
  logger: ignore,
  defer: ignore,
  emit: ignore,
  stopChild: ignore,
  actionExecutor: (action) => void actions.push(action),
});

/** One event through the chart. Throws when the chart itself fails: a broken invariant of ours. */
export const stepChart = (chart: ChartSnapshot, event: ChartEvent, nextCommandId: number): ChartStep => {
  const actions: ExecutableActionObject[] = [];
  const next = monitorChart.transition(chart, event, scopeCollecting(actions));
  if (next.status !== 'active') throw new Error(`the statechart stopped at ${event.type}`, { cause: next.error });
  const collector = new Collector(nextCommandId);
  for (const action of actions) collector.take(action);
  const { outputs, timers } = collector;
  return { chart: next, outputs, timers, nextCommandId: collector.nextCommandId };
};
