/**
 * A running monitor: the core loop between its senses, the agent's socket, the event log and the
 * actors. Whatever of these fails, the rest goes on (rule R9).
 */
import type { Observable } from 'rxjs';
import { engineFor } from '../../../machines/monitor/engine/save';
import type { Envelope } from '../../../machines/monitor/events/logged';
import { listenForAgents } from '../agent-link';
import type { MonitorConfig } from '../config/monitor-config';
import { describeCgroupRoot } from '../kernel/cgroup-root';
import { openKernelSources, type KernelSources } from '../kernel/sources';
import { logEach } from '../../shared/logging/event-line';
import { lifetimeOf } from '../../shared/lifetime';
import type { Logger } from '../../shared/logging/logger';
import { openProtection, withSafeProtection, type Protection } from '../protection';
import type { StatusReport } from '../status/report';
import { Address } from './address';
import { readAgentToken } from '../../shared/core-loop/agent-token';
import { guestCpusUnder } from '../guest-cpus';
import { engineSetup } from './engine-setup';
import { openLog } from './open-log';
import { accessWarnings, presenceLines } from './presence';
import { prepareMetrics } from './serve-metrics';
import { openStatus } from './serve-status';
import { startSession, type Session } from './session';
import type { Snapshot } from './snapshot';

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

interface Opened {
  readonly address: Address;
  readonly session: Session;
  /** Where the event log lies; null without one. */
  readonly eventLog: string | null;
  readonly close: () => Promise<void>;
}

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
  const { pgconnstr, sysRoot, runtimeDir, cgroup } = config;
  const guestCpus = guestCpusUnder(sysRoot);
  // NB: in the same tick as the link was handed out, else a first agent would be missed.
  const session = startSession({ engine, kernel, link, log, protection, guestCpus, pgconnstr, logger, observe, fail });
  const address = new Address(link.address.host, link.address.port);
  const report = (): StatusReport => session.status({ address: String(address), cgroup });
  // Not awaited: who starts us must not miss the first events.
  const status = openStatus(runtimeDir, address.port, report, logger);
  const closeMetrics = openMetrics({ session, log, report });
  const close = async (): Promise<void> => {
    const servers = [link.shutdown(), status.then((closeStatus) => closeStatus()), closeMetrics()];
    await Promise.all([session.stop(), kernel.close(), ...servers]);
    // Last, to have it all.
    await log.close();
  };
  return { address, session, eventLog: log.dir, close };
};

/**
 * Starts a monitor; it runs until `signal` aborts. Rejects when it cannot start: the address is
 * taken, the token file is unreadable, or a required cgroup is missing. What others left is undone
 * before anything else; a start that fails leaves nothing either (rule R3).
 */
export const runMonitor = async (asked: MonitorConfig, signal: AbortSignal, reporting: Reporting): Promise<Monitor> => {
  signal.throwIfAborted();
  const { logger } = reporting;
  const { fail, closing } = lifetimeOf(signal);
  const config = await withSafeProtection(asked, logger);
  const protection = await openProtection(config, logger);
  const { address, session, eventLog, close } = await openRest({ config, protection, ...reporting, fail }).catch(
    async (error: unknown) => {
      await protection.stop();
      throw error;
    },
  );
  const done = closing(close);
  logger.info('listening', { addr: String(address), eventLog });
  return { address, snapshot: () => session.snapshot(), events: session.loop.events, done };
};
