/** `vm-monitor run`: the monitor until SIGTERM or SIGINT, told in log lines. */
import type { Envelope } from '../../machines/events/envelope';
import { configuredSecrets, type MonitorConfig } from '../config/monitor-config';
import type { Surroundings } from '../config/surroundings';
import { doctorLines, examine, NEEDS_OF, probe, type Places } from '../doctor';
import { eventLine } from '../logging/decision-lines';
import { createLogger, type Logger } from '../logging/logger';
import { createOutput, type Output } from '../logging/output';
import { protectOwnMemory } from '../own-process';
import { handFiles } from '../protection/files';
import { runMonitor } from '../runtime/monitor';
import { within } from '../within';
import { serviceManager } from '../service';
import { EXIT } from './exit-status';
import { stopSignal } from './stop-signal';

/** One line for what people want to know; beats and timers pass unsaid. Programs get the numbers too. */
const sayEvent = (logger: Logger, format: MonitorConfig['logFormat'], { seq, at, event }: Envelope): void => {
  const line = event.type === 'log.opened' ? null : eventLine(event);
  if (line === null) return;
  const details = event.type === 'size.decided' ? { desired: event.desired, parts: event.parts } : {};
  logger[line.level](line.msg, format === 'pretty' ? {} : { event: event.type, seq, at, ...details });
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

const loggerTo = (output: Output, config: MonitorConfig): Logger =>
  createLogger({
    format: config.logFormat,
    write: output.writeLine,
    clock: Date.now,
    secrets: configuredSecrets(config),
  });

const STDOUT = 1;
/** A reader that does not read must not keep us from ending. */
const FLUSH_MS = 200;

const placesOf = (config: MonitorConfig, { environment }: Surroundings): Places => ({
  procRoot: config.procRoot,
  sysRoot: config.sysRoot,
  cgroupRoot: config.cgroupRoot,
  cgroup: config.cgroup,
  runtimeDirectory: config.runtimeDir,
  stateDirectory: config.eventLogDir,
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

export const runCommand = async (config: MonitorConfig, surroundings: Surroundings): Promise<number> => {
  const output = createOutput(STDOUT);
  const logger = loggerTo(output, config);
  const manager = serviceManager(surroundings.environment, (line) => {
    logger.warn(line);
  });
  try {
    const stop = stopSignal();
    await prepare(config, surroundings, logger);
    const observe = withoutRepeats((envelope) => {
      sayEvent(logger, config.logFormat, envelope);
    });
    const monitor = await runMonitor(config, stop, { logger, observe });
    stop.addEventListener('abort', () => void manager.stopping());
    await manager.ready();
    await monitor.done;
    const log = config.eventLogDir === null ? {} : { eventLog: config.eventLogDir };
    logger.info('stopped', log);
    return EXIT.ok;
  } catch (error) {
    logger.error(error instanceof Error ? error.message : String(error));
    return EXIT.failed;
  } finally {
    await within(output.flushed(), FLUSH_MS);
  }
};
