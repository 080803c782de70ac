/** A running agent: the core loop between the monitors, the hypervisors and the event log. */
import type { Observable } from 'rxjs';
import type { VmTimer } from '../../machines/agent/statechart-step';
import type { VmConfig } from '../../machines/agent/context';
import { createAgentEngine } from '../../machines/agent/engine';
import type { AgentInput, AgentOutput } from '../../machines/agent/events';
import { AGENT_LOG } from '../../machines/agent/replay';
import { resumableAgent } from '../../machines/agent/save';
import type { AgentState } from '../../machines/agent/state';
import type { LineOf } from '../../machines/shared/events/envelope';
import type { Logger } from '../shared/logging/logger';
import { readAgentToken } from '../shared/core-loop/agent-token';
import { CoreLoop } from '../shared/core-loop/core-loop';
import { openCoreLog } from '../shared/core-loop/open-core-log';
import { lifetimeOf } from '../shared/lifetime';
import type { AgentConfig, VmPlace } from './agent-config';
import { attachVm, type AttachedVm } from './attached-vm';
import { SECOND_MS } from '../../machines/shared/units';
import type { Size } from '../../machines/shared/events/size';
import type { Hypervisor } from './hypervisor/hypervisor';
import { noHypervisor } from './hypervisor/none';
import { openQemu } from './hypervisor/qemu';

const NO_BOUND: Size = { cpu: Infinity, mem: Infinity };

/** The driver of a VM's hypervisor: QEMU where a QMP socket is named, else none. */
const openHypervisor = ({ name, sizing }: VmConfig, place: VmPlace, logger: Logger): Hypervisor => {
  const { qmp, qemuCgroup, initial, delayMs } = place;
  if (qmp === null) return noHypervisor({ initial, min: sizing.min, max: sizing.max ?? NO_BOUND, delayMs });
  const warn = (detail: string): void => {
    logger.warn('hypervisor', { vm: name, detail });
  };
  return openQemu({ socketPath: qmp, cgroup: qemuCgroup, warn });
};

/** The boot clock runs ahead of the monotonic one only while the host is suspended. */
const CLOCK_RESYNC_MS = 5 * SECOND_MS;

export interface RunningAgent {
  /** Every input and decision from now on, as it is logged. Completes when the agent stops. */
  readonly events: Observable<LineOf<AgentInput | AgentOutput>>;
  /** Resolves after an orderly stop; rejects when a broken invariant of ours stopped it. */
  readonly done: Promise<void>;
}

export interface AgentReporting {
  readonly logger: Logger;
  /** Receives every event from the first one on. */
  readonly observe: (line: LineOf<AgentInput | AgentOutput>) => void;
}

const placeOf = ({ places }: AgentConfig, { name }: VmConfig): VmPlace => {
  const place = places.find((candidate) => candidate.name === name);
  if (place === undefined) throw new Error(`no place for ${name}`);
  return place;
};

/** Without a hypervisor nobody else remembers the size: it is the logged one. */
const withLoggedSize = (place: VmPlace, { vms }: AgentState): VmPlace => ({
  ...place,
  initial: vms[place.name]?.statechart.context.observed ?? place.initial,
});

/**
 * Starts an agent that runs until `signal` aborts. Rejects when it cannot start: the token's file is
 * unreadable. A monitor or a hypervisor that is not there is waited for.
 */
export const runAgent = async (
  config: AgentConfig,
  signal: AbortSignal,
  { logger, observe }: AgentReporting,
): Promise<RunningAgent> => {
  signal.throwIfAborted();
  const { setup, places } = config;
  const token = await readAgentToken(config.tokenFile, 'tokenFile');
  const engine = createAgentEngine(setup);
  const log = await openCoreLog({
    dir: config.eventLogDir,
    maxBytes: config.eventLogMaxBytes,
    procRoot: '/proc',
    role: AGENT_LOG,
    core: resumableAgent(engine),
    config: { places, engine: setup },
    logger,
  });
  const { fail, closing } = lifetimeOf(signal);
  const vms = new Map<string, AttachedVm>();
  const loop = new CoreLoop<AgentState, AgentInput, AgentOutput, VmTimer>({
    engine,
    state: log.state,
    now: log.now,
    sink: log.sink,
    perform: (output) => vms.get(output.vm)?.perform(output),
    setTimer: (timer) => vms.get(timer.vm)?.setTimer(timer),
    settled: () => undefined,
    fail,
  });
  loop.events.subscribe(observe);
  log.follow(() => loop.state);
  for (const vm of setup.vms) {
    const place = withLoggedSize(placeOf(config, vm), log.state);
    const hypervisor = openHypervisor(vm, place, logger);
    vms.set(vm.name, attachVm({ place, token, hypervisor, emit: loop.dispatch, logger, fail }));
  }
  loop.dispatch({ type: 'agent.started' });
  const resync = setInterval(log.resyncClock, CLOCK_RESYNC_MS);
  const done = closing(async () => {
    clearInterval(resync);
    loop.stop();
    await Promise.all([...vms.values()].map((vm) => vm.stop()));
    await log.close();
  });
  logger.info('agent runs', { vms: places.map(({ name }) => name), eventLog: log.dir });
  return { events: loop.events, done };
};
