/** Puts one region of the statechart into a state and steps it once: for the transition tables. */
import type { StateValueFrom } from 'xstate';
import { initialContext, type StatechartConfig, type MonitorContext } from '../../machines/monitor/statechart/context';
import type { StatechartEvent, StatechartEventType } from '../../machines/monitor/statechart/events';
import { monitorMachine } from '../../machines/monitor/statechart/monitor.machine';
import { stepMonitor, type MonitorStep } from '../../machines/monitor/engine/statechart-step';
import { SAMPLES } from './chart-events';
import { ownerOf, type Region } from './chart-outputs';
import { changesBetween, loneRegion, stateNameOf, statesOf, timerNames, valueOf } from './lone-region';
import { testRegion, type Cells } from './region-table';

export type { Region } from './chart-outputs';

type Values = Extract<StateValueFrom<typeof monitorMachine>, object>;
/** 'normal', or 'requesting.sent' where a state has states of its own. */
type Names<V> = [Extract<V, object>] extends [never] ? V : Flat<Extract<V, string>, Extract<V, object>>;
type Flat<Top extends string, Nested extends object> =
  | Exclude<Top, keyof Nested>
  | { [K in keyof Nested & string]: `${K}.${Extract<NonNullable<Nested[K]>, string>}` }[keyof Nested & string];

/** The states of a region, taken from the chart itself: a new one must be filled in. */
export type StateName<R extends Region> = Names<NonNullable<Values[R]>> & string;

/** Only the cells that do something. */
export type Table<R extends Region> = Cells<StateName<R>, StatechartEventType>;

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

/** Steps the chart with `region` in `state` and all other regions in their first states. */
export const stepFrom = <R extends Region>(
  region: R,
  state: StateName<R>,
  chartContext: MonitorContext,
  event: StatechartEvent,
): MonitorStep =>
  stepMonitor(
    monitorMachine.resolveState({ value: { ...INITIAL, [region]: valueOf(state) }, context: chartContext }),
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
  const does = [...outputs, ...timerNames(step.timers)].filter((done) => ownerOf(done) === region);
  return { to: stateNameOf(step.snapshot.value[region]), does };
};

export interface TableOptions<R extends Region> {
  /** Cells to which another region contributes within the same step: what the whole statechart changes. */
  readonly together?: Partial<Table<R>>;
  /** Events instead of those of chart-events.ts. */
  readonly events?: Partial<typeof SAMPLES>;
}

/** Tests a region by its table. */
export const testTable = <R extends Region>(
  region: R,
  table: Table<R>,
  contexts: Readonly<Record<StateName<R>, MonitorContext>>,
  { together = {}, events = {} }: TableOptions<R> = {},
): void => {
  testRegion({
    name: region,
    states: statesOf(monitorMachine, region),
    table,
    together,
    contexts,
    events: { ...SAMPLES, ...events },
    stepAlone: loneRegion(monitorMachine, region, CHART_CONFIG),
    stepInWhole: (state, before, event) => {
      // The table's own states, contexts and events come back here.
      const step = stepFrom(region, state as StateName<R>, before as MonitorContext, event as StatechartEvent);
      return { ...resultOf(region, step), changes: changesBetween(before, step.snapshot.context) };
    },
  });
};
