/** Puts one region of a VM's statechart into a state and steps it once: for the transition tables of the agent. */
import { stepVm } from '../../machines/agent/statechart-step';
import type { VmEvent, VmEventType } from '../../machines/agent/statechart-events';
import { initialVm, type VmContext } from '../../machines/agent/context';
import { vmMachine } from '../../machines/agent/vm.machine';
import type { StateValueFrom } from 'xstate';
import { GIB } from '../../machines/shared/units';
import { units } from './chart-events';
import { changesBetween, loneRegion, statesOf, timerNames } from './lone-region';
import { testRegion, type Cells } from './region-table';

type Values = Required<Extract<StateValueFrom<typeof vmMachine>, object>>;
export type AgentRegion = keyof Values;
export type StateOf<R extends AgentRegion> = NonNullable<Values[R]> & string;

/** Only the cells that do something. */
export type AgentTable<R extends AgentRegion> = Cells<StateOf<R>, VmEventType>;

/** The instant of all events. */
export const AT = 60_000;

/** A VM of 2 units that was described and seen, with a monitor of v1.1 that knows its size. */
export const CONNECTED: VmContext = {
  ...initialVm({
    name: 'a',
    sizing: { unit: units(1), min: units(1), max: units(8), independent: false },
    metrics: true,
  }),
  conn: { id: 'c1', version: '1.1', nextId: 8, unanswered: 0 },
  bounds: { min: units(1), max: units(8), memStepBytes: 2 ** 21 },
  observed: units(2),
  goal: units(2),
  announced: units(2),
  monitorRequest: units(2),
};

/** One of each event, as plain as can be. */
export const VM_EVENTS: { readonly [T in VmEventType]: Extract<VmEvent, { type: T }> } = {
  'agent.started': { type: 'agent.started', at: AT },
  'session.opened': { type: 'session.opened', conn: 'c2', version: '1.1', at: AT },
  'session.lost': { type: 'session.lost', conn: 'c1', reason: 'closed', at: AT },
  'hypervisor.described': {
    type: 'hypervisor.described',
    id: 1,
    min: units(1),
    max: units(8),
    memStepBytes: 2 ** 21,
    at: AT,
  },
  'hypervisor.observed': { type: 'hypervisor.observed', id: 2, size: units(2), at: AT },
  'hypervisor.taken': { type: 'hypervisor.taken', id: 3, at: AT },
  'hypervisor.failed': { type: 'hypervisor.failed', id: 4, reason: 'the socket is gone', at: AT },
  'metrics.scraped': {
    type: 'metrics.scraped',
    id: 5,
    system: { loadAverage1Min: 0, loadAverage5Min: 0, memoryUsageBytes: GIB, memoryCachedBytes: 0 },
    at: AT,
  },
  'metrics.failed': { type: 'metrics.failed', id: 6, reason: 'refused', at: AT },
  'health.due': { type: 'health.due', at: AT },
  'request.overdue': { type: 'request.overdue', at: AT },
  'upscale.lapsed': { type: 'upscale.lapsed', at: AT },
  'floor.over': { type: 'floor.over', at: AT },
  'answer.overdue': { type: 'answer.overdue', at: AT },
  'rest.over': { type: 'rest.over', at: AT },
  'observe.due': { type: 'observe.due', at: AT },
  'retry.due': { type: 'retry.due', at: AT },
  'scrape.due': { type: 'scrape.due', at: AT },
  'request.received': { type: 'request.received', target: units(2), floor: null, withinMs: null, at: AT },
  'upscale.asked': { type: 'upscale.asked', at: AT },
  'upscale.confirmed': { type: 'upscale.confirmed', id: 6, at: AT },
  'downscale.answered': { type: 'downscale.answered', id: 6, ok: true, status: 'there is room', at: AT },
  'request.failed': { type: 'request.failed', id: 6, error: 'failed', at: AT },
  'health.answered': { type: 'health.answered', at: AT },
  'frame.unreadable': { type: 'frame.unreadable', error: 'not JSON', at: AT },
  'monitor.spoke': { type: 'monitor.spoke', at: AT },
  'goal.changed': { type: 'goal.changed', goal: units(2), at: AT },
  'request.denied': { type: 'request.denied', target: units(9), reason: 'at the largest size', at: AT },
};

const INITIAL: Values = {
  session: 'connected',
  guidance: 'obeying',
  hypervisor: 'resting',
  talk: 'idle',
  metrics: 'off',
};

/** Which region frames, commands and timers come from. */
const OWNERS: Readonly<Record<AgentRegion, readonly string[]>> = {
  session: ['HealthCheck', 'InvalidMessage', 'ScaleDenied', 'session.close', 'health'],
  guidance: ['request', 'upscale'],
  hypervisor: [
    'hypervisor.describe',
    'hypervisor.observe',
    'hypervisor.requestMemory',
    'hypervisor.requestCpu',
    'observe',
    'retry',
  ],
  talk: ['VmInfo', 'UpscaleNotification', 'DownscaleRequest', 'answer', 'rest', 'floor'],
  metrics: ['metrics.scrape', 'scrape'],
};

/** Where the region is after a step, and what it did itself. */
export const stepRegion = <R extends AgentRegion>(
  region: R,
  state: StateOf<R>,
  context: VmContext,
  event: VmEvent,
): { readonly to: string; readonly does: string[]; readonly context: VmContext } => {
  const step = stepVm('a', vmMachine.resolveState({ value: { ...INITIAL, [region]: state }, context }), event, 1);
  const outputs = step.outputs.map((output) => {
    if (output.type === 'command.issued') return output.command.type;
    if (output.type === 'frame.sent') return String((JSON.parse(output.text) as { type: unknown }).type);
    return output.type;
  });
  const does = [...outputs, ...timerNames(step.timers.map(({ change }) => change))];
  return {
    to: step.snapshot.value[region],
    does: does.filter((done) => OWNERS[region].includes(done.replace(/^[+-]/, ''))),
    context: step.snapshot.context,
  };
};

/** Tests a region by its table. `together` holds the cells to which another region contributes within the same step. */
export const testAgentTable = <R extends AgentRegion>(
  region: R,
  table: AgentTable<R>,
  contexts: Readonly<Record<StateOf<R>, VmContext>>,
  together: Partial<AgentTable<R>> = {},
): void => {
  testRegion({
    name: region,
    states: statesOf(vmMachine, region),
    table,
    together,
    contexts,
    events: VM_EVENTS,
    stepAlone: loneRegion(vmMachine, region, CONNECTED.config),
    stepInWhole: (state, before, event) => {
      // The table's own states, contexts and events come back here.
      const step = stepRegion(region, state as StateOf<R>, before as VmContext, event as VmEvent);
      return { to: step.to, does: step.does, changes: changesBetween(before, step.context) };
    },
  });
};
