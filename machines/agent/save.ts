/** An agent's state as it is logged at the head of a segment, and back. */
import * as E from 'fp-ts/Either';
import type { Resumable } from '../shared/core/core';
import { initialVm, type VmConfig } from './context';
import type { AgentEngine } from './engine';
import { SavedAgent, type AgentState, type VmState } from './state';
import { vmMachine } from './vm.machine';

type SavedVm = SavedAgent['vms'][string];

export const saveAgent = ({ vms, nextCommandId }: AgentState): unknown => ({
  vms: Object.fromEntries(
    Object.entries(vms).map(([name, { statechart, since, turns, decided }]) => [
      name,
      { value: statechart.value, context: statechart.context, since, turns, decided },
    ]),
  ),
  nextCommandId,
});

const decode = (saved: unknown): E.Either<string, SavedAgent> =>
  E.mapLeft(() => 'the saved state has not the shape that this build knows')(SavedAgent.decode(saved));

const resumed = ({ value, context, since, turns, decided }: SavedVm): VmState => ({
  statechart: vmMachine.resolveState({ value, context }),
  since,
  turns,
  decided,
});

/**
 * After a restart: what the monitor requested, and what was observed and requested of the hypervisor, are kept, so that a shrink that
 * was under way is taken back and the host's capacity is not given away twice. The hypervisor is
 * asked anew before anything is done.
 */
const restarted = (config: VmConfig, fresh: VmState, saved: SavedVm | undefined): VmState => {
  if (saved === undefined) return fresh;
  const { monitorRequest, risk, observed, requested } = saved.context;
  const context = { ...initialVm(config), monitorRequest, risk, observed, requested };
  const value = { ...fresh.statechart.value, guidance: monitorRequest === null ? 'measuring' : 'obeying' } as const;
  return { ...fresh, statechart: vmMachine.resolveState({ value, context }) };
};

const taken =
  (engine: AgentEngine, resume: (config: VmConfig, fresh: VmState, saved: SavedVm | undefined) => VmState) =>
  (saved: unknown): E.Either<string, AgentState> =>
    E.map(({ vms, nextCommandId }: SavedAgent) => ({
      vms: Object.fromEntries(
        engine.setup.vms.map((config) => {
          const fresh = engine.initial.vms[config.name];
          if (fresh === undefined) throw new Error(`the engine has no ${config.name}`);
          return [config.name, resume(config, fresh, vms[config.name])];
        }),
      ),
      nextCommandId,
    }))(decode(saved));

/** Goes on exactly where a segment's head was written. */
export const continueAgent = (engine: AgentEngine, saved: unknown): E.Either<string, AgentState> => {
  try {
    return taken(engine, (_config, fresh, vm) => (vm === undefined ? fresh : resumed(vm)))(saved);
  } catch (error) {
    return E.left(`the saved statecharts do not fit this build: ${String(error)}`);
  }
};

export const resumableAgent = (engine: AgentEngine): Resumable<AgentState> => ({
  initial: engine.initial,
  save: saveAgent,
  restartFrom: taken(engine, restarted),
  // Another boot of the host: its VMs are not those that we knew.
  rebootFrom: taken(engine, (_config, fresh) => fresh),
});
