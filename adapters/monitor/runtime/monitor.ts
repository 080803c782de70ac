/**
 * A running monitor: the core loop between its senses, the agent's socket, the event log and the
 * actors. Whatever of these fails, the rest goes on (rule R9).
 */
import type { Observable } from 'rxjs';
import { engineFor } from '../../../machines/monitor/engine/save';
import type { Envelope } from '../../../machines/monitor/events/logged';
import { listenForAgents, type AgentLink } from '../agent-link';
import type { MonitorConfig } from '../config/monitor-config';
import { describeCgroupRoot } from '../kernel/cgroup-root';
import { openKernelSources, type KernelSources } from '../kernel/sources';
import { logEach } from '../../shared/logging/event-line';
import type { Logger } from '../../shared/logging/logger';
import { openProtection, withSafeProtection, type Protection } from '../protection';
import type { StatusReport } from '../status/report';
import { Address } from './address';
import { readAgentToken } from '../../shared/core-loop/agent-token';
import { guestCpusUnder } from '../guest-cpus';
import { engineSetup } from './engine-setup';
import { openLog, type OpenLog } from './open-log';
import { accessWarnings, presenceLines } from './presence';
import { prepareMetrics } from './serve-metrics';
import { openStatus } from './serve-status';
import { startSession, type Session } from './session';
import type { Snapshot } from './snapshot';
import { within } from '../../shared/within';

export interface Monitor {
  /** Where agents connect; as text HOST:PORT. */
  readonly address: Address;
  snapshot(): Snapshot;
  /** Every input and decision from now on, as it is logged. Completes when the monitor stops. */
  readonly events: Observable<Envelope>;
  /** Resolves after an orderly stop; rejects when a broken invariant of ours stopped it. */
  readonly done: Promise<void>;
}

/** Where a monitor reports what it does. */
export interface Reporting {
  readonly logger: Logger;
  /** Receives every event, from before the first one that `Monitor.events` can show. */
  readonly observe: (envelope: Envelope) => void;
}

/** Everything that must be closed again. */
interface Opened {
  readonly kernel: KernelSources;
  readonly log: OpenLog;
  readonly link: AgentLink;
  readonly session: Session;
  readonly closeStatus: () => Promise<void>;
  readonly closeMetrics: () => Promise<void>;
}

/** An orderly exit takes at most 2 s; the rest is for the process to end. */
const STOP_MS = 1_500;

const requireCgroup = async ({ cgroup, cgroupRoot }: MonitorConfig): Promise<never> => {
  const { message } = await describeCgroupRoot(cgroupRoot);
  const what = cgroup === null ? 'none is named (--cgroup)' : `${cgroup} is not there`;
  throw new Error(`--require-cgroup: ${what}; ${message}`);
};

const openKernel = async (config: MonitorConfig): Promise<KernelSources> => {
  const kernel = await openKernelSources(config);
  if (!config.requireCgroup || kernel.cgroupFound()) return kernel;
  await kernel.close();
  return requireCgroup(config);
};

/** What is needed to open the rest. */
interface Opening extends Reporting {
  readonly config: MonitorConfig;
  readonly protection: Protection;
  readonly fail: (error: unknown) => void;
}

const openRest = async ({ config, protection, logger, observe, fail }: Opening): Promise<Opened> => {
  const token = await readAgentToken(config.agentTokenFile);
  const engine = engineFor(engineSetup(config));
  const kernel = await openKernel(config);
  logEach(logger, [...(await presenceLines(config, kernel)), ...accessWarnings(config)]);
  const log = await openLog(config, engine, logger);
  const openMetrics = await prepareMetrics(config, logger);
  const link = await listenForAgents({ ...config.addr, ...config, token }).catch(async (error: unknown) => {
    await Promise.all([kernel.close(), log.close()]);
    throw error;
  });
  const { pgconnstr } = config;
  const guestCpus = guestCpusUnder(config.sysRoot);
  // NB: in the same tick as the link was handed out, else a first agent would be missed.
  const session = startSession({ engine, kernel, link, log, protection, guestCpus, pgconnstr, logger, observe, fail });
  const address = addressOf(link);
  const where = { address: String(address), cgroup: config.cgroup };
  const report = (): StatusReport => session.status(where);
  // Not awaited: who starts us must not miss the first events.
  const status = openStatus(config.runtimeDir, address.port, report, logger);
  const closeStatus = async (): Promise<void> => (await status)();
  const closeMetrics = openMetrics({ session, log, report });
  return { kernel, log, link, session, closeStatus, closeMetrics };
};

/** What others left is undone before anything else; a start that fails leaves nothing either (rule R3). */
const open = async (
  asked: MonitorConfig,
  { logger, observe }: Reporting,
  fail: (error: unknown) => void,
): Promise<Opened> => {
  const config = await withSafeProtection(asked, logger);
  const protection = await openProtection(config, logger);
  try {
    return await openRest({ config, protection, logger, observe, fail });
  } catch (error) {
    await protection.stop();
    throw error;
  }
};

const addressOf = ({ address }: AgentLink): Address => new Address(address.host, address.port);

/** Senses and decisions first, then the sockets, with the log last to have it all. */
const close = async ({ kernel, log, link, session, closeStatus, closeMetrics }: Opened): Promise<void> => {
  const servers = [link.shutdown(), closeStatus(), closeMetrics()];
  await Promise.all([session.stop(), kernel.close(), ...servers]);
  await log.close();
};

/**
 * Starts a monitor; it runs until `signal` aborts. Rejects when it cannot start: the address is
 * taken, the token file is unreadable, or a required cgroup is missing.
 */
export const runMonitor = async (
  config: MonitorConfig,
  signal: AbortSignal,
  reporting: Reporting,
): Promise<Monitor> => {
  signal.throwIfAborted();
  let end: (failure: { readonly error: unknown } | null) => void = () => undefined;
  const ended = new Promise<{ readonly error: unknown } | null>((resolve) => (end = resolve));
  const opened = await open(config, reporting, (error) => {
    end({ error });
  });
  signal.addEventListener('abort', () => {
    end(null);
  });
  if (signal.aborted) end(null);
  const done = ended.then(async (failure) => {
    await within(close(opened), STOP_MS);
    if (failure !== null) throw failure.error;
  });
  // Whoever embeds us may look at `done` only later; until then a rejection is not unhandled.
  done.catch(() => undefined);
  const address = addressOf(opened.link);
  reporting.logger.info('listening', { addr: String(address), eventLog: opened.log.dir });
  return {
    address,
    snapshot: () => opened.session.snapshot(),
    events: opened.session.loop.events,
    done,
  };
};
