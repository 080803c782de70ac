/**
 * A monitor, and with --embedded-agent the agent of `vm-monitor agent` beside it in one process: `make run` shows
 * decisions and grants where there is no VM. They talk over a websocket, as they always do.
 */
import { availableParallelism, totalmem } from 'node:os';
import { NO_RESERVE } from '../../machines/agent/state';
import type { Size } from '../../machines/shared/events/size';
import { unitsDown, unitsOf, type SizingRules } from '../../machines/shared/sizing';
import type { AgentConfig } from '../agent/agent-config';
import type { MonitorConfig } from '../monitor/config/monitor-config';
import { runMonitor, type Monitor, type Reporting } from '../monitor/runtime/monitor';
import type { Logger } from '../shared/logging/logger';

const NAME = 'embedded agent';
/** A request takes a second or two of a real QEMU; a virtual VM is asked a few times on its way to a size. */
const DELAY_MS = 500;

/** Without a configured maximum: twice this machine, so that most requests can be seen to be granted. */
const largest = ({ unit, min, max }: SizingRules): Size => {
  if (max !== null) return max;
  const units = Math.min(unitsDown(2 * availableParallelism(), unit.cpu), unitsDown(2 * totalmem(), unit.mem));
  const size = unitsOf(unit, units, units);
  return { cpu: Math.max(size.cpu, min.cpu), mem: Math.max(size.mem, min.mem) };
};

const agentConfig = ({ sizing, agentTokenFile, logFormat, logTime }: MonitorConfig, address: string): AgentConfig => ({
  setup: {
    capacity: null,
    reserve: NO_RESERVE,
    vms: [{ name: NAME, sizing: { ...sizing, max: largest(sizing) }, metrics: false }],
  },
  places: [
    {
      name: NAME,
      monitorUrl: `ws://${address}/monitor`,
      qmp: null,
      qemuCgroup: null,
      metricsUrl: null,
      initial: sizing.min,
      delayMs: DELAY_MS,
    },
  ],
  tokenFile: agentTokenFile,
  // It keeps no log: each start shows how a size is found.
  eventLogDir: null,
  eventLogMaxBytes: 0,
  logFormat,
  logTime,
});

/** Requests and grants are lines of the monitor already; only failures would not be logged. */
const troubleOnly = ({ warn, error }: Logger): Logger => ({ info: () => undefined, warn, error });

/** As runMonitor; `done` also waits for the agent, and rejects for either of them. */
export const runWithAgent = async (
  config: MonitorConfig,
  signal: AbortSignal,
  reporting: Reporting,
): Promise<Monitor> => {
  const monitor = await runMonitor(config, signal, reporting);
  if (!config.embeddedAgent || signal.aborted) return monitor;
  // Only here: a monitor that has no agent in it does not load one.
  const { runAgent } = await import('../agent/run-agent');
  const agent = await runAgent(agentConfig(config, String(monitor.address)), signal, {
    logger: troubleOnly(reporting.logger),
    observe: () => undefined,
  });
  const done = Promise.all([monitor.done, agent.done]).then(() => undefined);
  done.catch(() => undefined);
  return { ...monitor, done };
};
