/** `vm-monitor run`: the monitor until it is stopped by a signal, with log lines. */
import * as E from 'fp-ts/Either';
import { SAMPLING_INTERVAL_MS } from '../../machines/monitor/engine/pace';
import type { Envelope } from '../../machines/monitor/events/logged';
import { settingsFromArguments, type Settings } from '../monitor/config/load';
import { configuredSecrets, type MonitorConfig } from '../monitor/config/monitor-config';
import type { Environment } from '../shared/config/environment';
import { doctorLines, examine, NEEDS_OF, probe } from '../tools/doctor';
import { eventLine } from '../monitor/logging/decision-lines';
import { MONITOR_SENTENCES } from '../monitor/logging/sentences';
import { logEach } from '../shared/logging/event-line';
import type { Logger } from '../shared/logging/logger';
import { keepHeapSmall, protectOwnMemory } from '../monitor/own-process';
import { actuatorFiles } from '../monitor/protection/files';
import { runWithAgent } from '../embedding/with-agent';
import { serviceManager } from '../monitor/service';
import { refuse, type CliCommand } from './command';
import { lineFormat, logLine, untilStopped } from './until-stopped';

/** One line for what people want to know; samples and timers have none. */
const logEvent = (logger: Logger, envelope: Envelope): void => {
  const { event } = envelope;
  logLine(logger, event.type === 'log.opened' ? null : eventLine(event), envelope);
};

/** Passes over a file cache that fails or is not there for the same reason as the last time: it is retried for ever. */
const withoutRepeats = (log: (envelope: Envelope) => void): ((envelope: Envelope) => void) => {
  let logged: string | null = null;
  return (envelope) => {
    const { event } = envelope;
    if (event.type === 'fileCache.failed' || event.type === 'fileCache.notOffered') {
      if (event.reason === logged) return;
      logged = event.reason;
    }
    if (event.type === 'fileCache.connected') logged = null;
    log(envelope);
  };
};

const DEMONSTRATION =
  'sizes are virtual, no VM is resized; `vm-monitor doctor` says what this machine lacks for production';

/**
 * Before the monitor starts: our own place in memory (rule R13), then what this machine does not allow after all.
 * A demonstration changes nothing on the machine and requires nothing of it.
 */
const prepare = async (config: MonitorConfig, environment: Environment, logger: Logger): Promise<void> => {
  if (config.embeddedAgent) {
    logger.info('embedded agent', { detail: DEMONSTRATION });
    return;
  }
  const { procRoot, cgroupRoot, cgroup: managed, protect } = config;
  const own = { files: actuatorFiles, procRoot, cgroupRoot, managed, pid: process.pid };
  for (const detail of await protectOwnMemory(own)) logger.info('own memory', { detail });
  const places = { ...config, commandLine: process.argv, environment: environment.environment };
  const findings = examine(await probe(places));
  logEach(logger, doctorLines(findings, NEEDS_OF[protect]));
};

const monitorUntil = async (
  stop: AbortSignal,
  config: MonitorConfig,
  environment: Environment,
  logger: Logger,
): Promise<void> => {
  const manager = serviceManager(environment.environment, (reason) => {
    logger.warn('service manager', { reason });
  });
  await prepare(config, environment, logger);
  const observe = withoutRepeats((envelope) => {
    logEvent(logger, envelope);
  });
  if (stop.aborted) return;
  const monitor = await runWithAgent(config, stop, { logger, observe });
  stop.addEventListener('abort', () => void manager.stopping());
  await manager.ready();
  const leaveHeap = keepHeapSmall(
    () => monitor.snapshot().samplingIntervalMs >= SAMPLING_INTERVAL_MS,
    (reason) => {
      logger.warn('heap not collected', { reason });
    },
  );
  await monitor.done;
  leaveHeap();
  logger.info('stopped', config.eventLogDir === null ? {} : { eventLog: config.eventLogDir });
};

export const runCommand: CliCommand = async (args, environment, terminal) => {
  const settings = settingsFromArguments(args, environment);
  if (E.isLeft(settings)) return refuse(terminal, 'vm-monitor', settings.left);
  const { config, flags: given } = settings.right;
  const reread = () => E.map(({ flags }: Settings) => flags)(settingsFromArguments(args, environment));
  const format = lineFormat(config, environment, MONITOR_SENTENCES);
  return untilStopped({ format, secrets: configuredSecrets(config), given, reread }, (logger, stop) =>
    monitorUntil(stop, config, environment, logger),
  );
};
