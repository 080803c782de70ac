/** Puts one region of the statechart into a state and steps it once: for the transition tables. */
import type { StateValueFrom } from 'xstate';
import { initialContext, type StatechartConfig, type MonitorContext } from '../../machines/monitor/statechart/context';
import type { StatechartEvent, StatechartEventType } from '../../machines/monitor/statechart/events';
import { monitorMachine } from '../../machines/monitor/statechart/monitor.machine';
import { stepMonitor, type MonitorStep } from '../../machines/monitor/engine/statechart-step';
import { ownerOf, type Region } from './chart-outputs';

export type { Region } from './chart-outputs';

type Values = Extract<StateValueFrom<typeof monitorMachine>, object>;
/** 'normal', or 'requesting.sent' where a state has states of its own. */
type Names<V> = [Extract<V, object>] extends [never] ? V : Flat<Extract<V, string>, Extract<V, object>>;
type Flat<Top extends string, Nested extends object> =
  | Exclude<Top, keyof Nested>
  | { [K in keyof Nested & string]: `${K}.${Extract<NonNullable<Nested[K]>, string>}` }[keyof Nested & string];

/** The states of a region, taken from the chart itself: a new one must be filled in. */
export type StateName<R extends Region> = Names<NonNullable<Values[R]>> & string;

/** Nothing happens: the same state, no output, no timer. */
export const IGNORED = 'ignored';

/** `does`: types of frames and commands in order, then timers by name: '+id' set, '-id' cancelled. */
interface Transition<S> {
  readonly to: S;
  readonly does?: readonly string[];
}
export type Expected<S> = typeof IGNORED | Transition<S>;
/** One row of a table; no event may be left out. */
export type Row<S> = Readonly<Record<StatechartEventType, Expected<S>>>;
export type Table<R extends Region> = Readonly<Record<StateName<R>, Row<StateName<R>>>>;

export const CHART_CONFIG: StatechartConfig = {
  scaleRequests: 'auto',
  sizeFrom: 'kernel',
  fileCache: 'memory',
  protect: 'observe',
  hardLimit: false,
  throttleMaxMs: 5000,
  hotplugCpus: false,
};

/** A context as it is at first, with what a spec wants to be different. */
export const context = (differences: Partial<MonitorContext> = {}): MonitorContext => ({
  ...initialContext(CHART_CONFIG),
  ...differences,
});

const INITIAL = {
  agent: 'listening',
  sizing: 'settled',
  memory: 'normal',
  fileCache: 'absent',
  tripwire: 'absent',
  limits: 'absent',
  downscale: 'idle',
  throttle: 'observing',
  shmCap: 'observing',
  cancel: 'observing',
  cpus: 'absent',
} as const;

const toValue = (name: string): string | Record<string, string> => {
  const [outer = name, inner] = name.split('.');
  return inner === undefined ? outer : { [outer]: inner };
};

const toName = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Object.entries(value as Record<string, string>)
        .map(([outer, inner]) => `${outer}.${inner}`)
        .join();

/** Steps the chart with `region` in `state` and all other regions in their first states. */
export const stepFrom = <R extends Region>(
  region: R,
  state: StateName<R>,
  chartContext: MonitorContext,
  event: StatechartEvent,
): MonitorStep =>
  stepMonitor(
    monitorMachine.resolveState({ value: { ...INITIAL, [region]: toValue(state) }, context: chartContext }),
    event,
    1,
  );

/** Where the region is after a step, and what it did itself. */
export const resultOf = (region: Region, step: MonitorStep): { readonly to: string; readonly does: string[] } => {
  const outputs = step.outputs.map((output) => {
    if (output.type === 'command.issued') return output.command.type;
    if (output.type === 'frame.sent') return String((JSON.parse(output.text) as { type: unknown }).type);
    return output.type;
  });
  const last = new Map(step.timers.map((timer) => [timer.id, timer.kind === 'set' ? `+${timer.id}` : `-${timer.id}`]));
  const does = [...outputs, ...[...last.values()].sort()].filter((done) => ownerOf(done) === region);
  return { to: toName(step.snapshot.value[region]), does };
};

/** One test for each cell: `<state> + <event> → <state>`. */
export const testTable = <R extends Region>(
  region: R,
  table: Table<R>,
  contexts: Readonly<Record<StateName<R>, MonitorContext>>,
  events: { readonly [T in StatechartEventType]: Extract<StatechartEvent, { type: T }> },
): void => {
  describe.each(Object.keys(table) as StateName<R>[])(`${region}: %s`, (state) => {
    const row: Row<StateName<R>> = table[state];
    for (const type of Object.keys(row) as StatechartEventType[]) {
      const cell = row[type];
      const expected = cell === IGNORED ? { to: state, does: [] } : { to: cell.to, does: cell.does ?? [] };
      const name = cell === IGNORED ? `${state} + ${type} is ignored` : `${state} + ${type} → ${cell.to}`;
      it(name, () => {
        expect(resultOf(region, stepFrom(region, state, contexts[state], events[type]))).toEqual(expected);
      });
    }
  });
};
