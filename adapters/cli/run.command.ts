/** `vm-monitor run`: the monitor until it is stopped by a signal, told in log lines. */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { SAMPLING_INTERVAL_MS } from '../../machines/monitor/engine/pace';
import type { Envelope } from '../../machines/monitor/events/logged';
import type { Settings } from '../monitor/config/load';
import { configuredSecrets, type MonitorConfig } from '../monitor/config/monitor-config';
import type { Environment } from '../shared/config/environment';
import { doctorLines, examine, NEEDS_OF, probe, type ProbedPlaces } from '../tools/doctor';
import { eventLine } from '../monitor/logging/decision-lines';
import type { Logger } from '../shared/logging/logger';
import { keepHeapSmall, protectOwnMemory } from '../monitor/own-process';
import { actuatorFiles } from '../monitor/protection/files';
import { runWithAgent } from '../embedding/with-agent';
import { serviceManager } from '../monitor/service';
import { logReread } from './reread';
import { handleSignals } from './signals';
import { logLine, untilStopped } from './until-stopped';

/** One line for what people want to know; beats and timers pass unsaid. */
const sayEvent = (logger: Logger, format: MonitorConfig['logFormat'], envelope: Envelope): void => {
  const { event } = envelope;
  const details = event.type === 'size.decided' ? { desired: event.desired, parts: event.parts } : {};
  logLine(logger, format, event.type === 'log.opened' ? null : eventLine(event), envelope, details);
};

/** Passes over a file cache that fails or is not there for the same reason as the last time: it is looked for for ever. */
const withoutRepeats = (say: (envelope: Envelope) => void): ((envelope: Envelope) => void) => {
  let said: string | null = null;
  return (envelope) => {
    const { event } = envelope;
    if (event.type === 'fileCache.failed' || event.type === 'fileCache.notOffered') {
      if (event.reason === said) return;
      said = event.reason;
    }
    if (event.type === 'fileCache.connected') said = null;
    say(envelope);
  };
};

const placesOf = (config: MonitorConfig, { environment }: Environment): ProbedPlaces => ({
  procRoot: config.procRoot,
  sysRoot: config.sysRoot,
  cgroupRoot: config.cgroupRoot,
  cgroup: config.cgroup,
  runtimeDirectory: config.runtimeDir,
  stateDirectory: config.eventLogDir,
  tokenFile: config.agentTokenFile,
  pgconnstr: config.pgconnstr,
  commandLine: process.argv,
  environment,
  nodeVersion: process.versions.node,
});

const DEMONSTRATION =
  'embedded agent: sizes are virtual, no VM is resized; `vm-monitor doctor` says what this machine lacks for production';

/**
 * Before the monitor starts: our own place in memory (rule R13), then what this machine does not allow after all.
 * A demonstration on somebody's own machine changes and asks nothing of it.
 */
const prepare = async (config: MonitorConfig, environment: Environment, logger: Logger): Promise<void> => {
  if (config.embeddedAgent) {
    logger.info(DEMONSTRATION);
    return;
  }
  const { procRoot, cgroupRoot, cgroup: managed, protect } = config;
  const own = { files: actuatorFiles, procRoot, cgroupRoot, managed, pid: process.pid };
  for (const line of await protectOwnMemory(own)) logger.info(line);
  const findings = examine(await probe(placesOf(config, environment)));
  for (const line of doctorLines(findings, NEEDS_OF[protect])) logger.warn(`doctor: ${line}`);
};

/** @param read the settings as a start would have them now */
export const runCommand = (
  { config, flags }: Settings,
  environment: Environment,
  read: () => Either<string, Settings>,
): Promise<number> =>
  untilStopped({ format: config.logFormat, secrets: configuredSecrets(config) }, async (logger) => {
    const manager = serviceManager(environment.environment, (line) => {
      logger.warn(line);
    });
    const stop = handleSignals(logger, () => {
      logReread(flags, E.map((now: Settings) => now.flags)(read()), logger);
    });
    await prepare(config, environment, logger);
    const observe = withoutRepeats((envelope) => {
      sayEvent(logger, config.logFormat, envelope);
    });
    if (stop.aborted) return;
    const monitor = await runWithAgent(config, stop, { logger, observe });
    stop.addEventListener('abort', () => void manager.stopping());
    await manager.ready();
    const leaveHeap = keepHeapSmall(
      () => monitor.snapshot().samplingIntervalMs >= SAMPLING_INTERVAL_MS,
      (reason) => {
        logger.warn(reason);
      },
    );
    await monitor.done;
    leaveHeap();
    logger.info('stopped', config.eventLogDir === null ? {} : { eventLog: config.eventLogDir });
  });
