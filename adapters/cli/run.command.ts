/** `vm-monitor run`: the monitor until SIGTERM or SIGINT, told in log lines. */
import type { Envelope } from '../../machines/events/envelope';
import { configuredSecrets, type MonitorConfig } from '../config/monitor-config';
import type { Surroundings } from '../config/surroundings';
import { doctorLines, examine, NEEDS_OF, probe, type Places } from '../doctor';
import { eventLine } from '../logging/decision-lines';
import type { Logger } from '../logging/logger';
import { protectOwnMemory } from '../own-process';
import { handFiles } from '../protection/files';
import { runMonitor } from '../runtime/monitor';
import { serviceManager } from '../service';
import { stopSignal } from './stop-signal';
import { sayLine, untilStopped } from './until-stopped';

/** One line for what people want to know; beats and timers pass unsaid. */
const sayEvent = (logger: Logger, format: MonitorConfig['logFormat'], envelope: Envelope): void => {
  const { event } = envelope;
  const details = event.type === 'size.decided' ? { desired: event.desired, parts: event.parts } : {};
  sayLine(logger, format, event.type === 'log.opened' ? null : eventLine(event), envelope, details);
};

/** Passes over a file cache that fails for the same reason as the last time: it is tried again for ever. */
const withoutRepeats = (say: (envelope: Envelope) => void): ((envelope: Envelope) => void) => {
  let said: string | null = null;
  return (envelope) => {
    const { event } = envelope;
    if (event.type === 'fileCache.failed' && event.reason === said) return;
    if (event.type === 'fileCache.failed') said = event.reason;
    if (event.type === 'fileCache.connected') said = null;
    say(envelope);
  };
};

const placesOf = (config: MonitorConfig, { environment }: Surroundings): Places => ({
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

/** Before the monitor starts: our own place in memory (rule R13), then what this machine does not allow after all. */
const prepare = async (config: MonitorConfig, surroundings: Surroundings, logger: Logger): Promise<void> => {
  const { procRoot, cgroupRoot, cgroup: managed, protect } = config;
  const own = { files: handFiles, procRoot, cgroupRoot, managed, pid: process.pid };
  for (const line of await protectOwnMemory(own)) logger.info(line);
  const findings = examine(await probe(placesOf(config, surroundings)));
  for (const line of doctorLines(findings, NEEDS_OF[protect])) logger.warn(`doctor: ${line}`);
};

export const runCommand = (config: MonitorConfig, surroundings: Surroundings): Promise<number> =>
  untilStopped({ format: config.logFormat, secrets: configuredSecrets(config) }, async (logger) => {
    const manager = serviceManager(surroundings.environment, (line) => {
      logger.warn(line);
    });
    const stop = stopSignal();
    await prepare(config, surroundings, logger);
    const observe = withoutRepeats((envelope) => {
      sayEvent(logger, config.logFormat, envelope);
    });
    const monitor = await runMonitor(config, stop, { logger, observe });
    stop.addEventListener('abort', () => void manager.stopping());
    await manager.ready();
    await monitor.done;
    logger.info('stopped', config.eventLogDir === null ? {} : { eventLog: config.eventLogDir });
  });
