/** The agent's core behind plain JavaScript, as monitor.ts for the monitor's. */
import { vmName, HOST_SIZE_FLAGS } from '../agent/config/flags';
import { repeatedName, reserveOf, vmConfig } from '../agent/config/setup';
import type { VmConfig } from '../agent/context';
import { createAgentEngine, type AgentEngine, type AgentStep } from '../agent/engine';
import type { AgentInput, AgentOutput, AgentTimerName } from '../agent/events';
import { openAgent } from '../agent/replay';
import type { AgentSetup, AgentState } from '../agent/state';
import type { VmTimer } from '../agent/statechart-step';
import { vmMachine } from '../agent/vm.machine';
import { single, toggle, type ValuesOf } from '../shared/config/flag';
import type { TimerChange } from '../shared/core/core';
import type { LogOpened } from '../shared/events/envelope';
import { UNDECIDED } from '../monitor/status/words';
import { orThrow, readOptions, type OptionsOf } from './options';

/** A VM of the agent's configuration, without what only its shell needs (how it is reached). */
const VM_CORE_FLAGS = {
  name: single({ value: 'NAME', default: '', help: 'its name in events' }, vmName),
  minSize: HOST_SIZE_FLAGS.minSize,
  maxSize: HOST_SIZE_FLAGS.maxSize,
  metrics: toggle({ help: 'its metrics can be scraped, for a monitor that sends no ScaleRequests' }),
};

export type VmCoreOptions = OptionsOf<typeof VM_CORE_FLAGS>;

export interface AgentCoreOptions extends OptionsOf<typeof HOST_SIZE_FLAGS> {
  readonly vms: readonly VmCoreOptions[];
}

export interface AgentCoreState extends AgentState {
  /** By VM, the last decision's sentence. */
  readonly reasons: Readonly<Record<string, string>>;
}

/** As the monitor's, with the VM that it belongs to. An id is of one VM and timer. */
export type AgentCoreTimer = TimerChange<AgentTimerName> & { readonly vm: string };

export interface AgentCoreStep extends Omit<AgentStep, 'state' | 'timers'> {
  readonly state: AgentCoreState;
  readonly timers: readonly AgentCoreTimer[];
}

export interface AgentCore {
  readonly initial: AgentCoreState;
  /** As the monitor's; a timer that has run out comes back as `{ type: name, vm }`. */
  readonly step: (state: AgentCoreState, at: number, input: AgentInput) => AgentCoreStep;
  /** By VM. */
  readonly explain: (state: AgentCoreState) => Readonly<Record<string, { readonly why: string }>>;
  /** The statechart of one VM as XState knows it, for a diagram. */
  readonly machine: typeof vmMachine;
}

const timerOf = ({ vm, change }: VmTimer): AgentCoreTimer => ({ ...change, id: `${vm}/${change.id}`, vm });

const reasonsAfter = (
  reasons: AgentCoreState['reasons'],
  outputs: readonly AgentOutput[],
): AgentCoreState['reasons'] => {
  const decided = outputs.flatMap((output) => (output.type === 'grant.decided' ? [[output.vm, output.reason]] : []));
  return decided.length === 0 ? reasons : { ...reasons, ...(Object.fromEntries(decided) as Record<string, string>) };
};

const coreFrom = (engine: AgentEngine, begun: AgentState): AgentCore => ({
  initial: { ...begun, reasons: {} },
  step: (state, at, input) => {
    const { state: next, outputs, timers } = engine.step(state, at, input);
    const { vms, nextCommandId } = next;
    const reasons = reasonsAfter(state.reasons, outputs);
    return { state: { vms, nextCommandId, reasons }, outputs, timers: timers.map(timerOf) };
  },
  explain: ({ vms, reasons }) =>
    Object.fromEntries(Object.keys(vms).map((name) => [name, { why: reasons[name] ?? UNDECIDED }])),
  machine: vmMachine,
});

const vmFrom =
  (host: ValuesOf<typeof HOST_SIZE_FLAGS>) =>
  (options: VmCoreOptions, index: number): VmConfig =>
    orThrow(vmConfig(host, readOptions(VM_CORE_FLAGS, { name: '', ...options }, ` of vms[${index}]`).values));

const setupFrom = ({ vms: given, ...rest }: AgentCoreOptions): AgentSetup => {
  const host = readOptions(HOST_SIZE_FLAGS, rest, '').values;
  if (!Array.isArray(given) || given.length === 0) throw new RangeError('vms: expected an array of at least one VM');
  const vms = (given as readonly VmCoreOptions[]).map(vmFrom(host));
  const twice = repeatedName(vms);
  if (twice !== undefined) throw new RangeError(`name "${twice}" of vms: expected another name for each VM`);
  return { capacity: host.capacity, reserve: reserveOf(host, vms.length), vms };
};

/** Throws RangeError for an unknown option or a bad value. */
export const createAgentCore = (options: AgentCoreOptions = { vms: [] }): AgentCore => {
  const engine = createAgentEngine(setupFrom(options));
  return coreFrom(engine, engine.initial);
};

/** As openMonitorLog. */
export const openAgentLog = (head: LogOpened): AgentCore => {
  const { engine, begun } = orThrow(openAgent(head));
  return coreFrom(engine, begun);
};
