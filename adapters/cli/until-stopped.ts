/** A command that runs until it is stopped and tells of itself in log lines. */
import { errorText } from '../../machines/shared/error-text';
import type { LineOf, Typed } from '../../machines/shared/events/envelope';
import type { EventLine } from '../shared/logging/event-line';
import { createLogger, type Logger, type LoggerOptions } from '../shared/logging/logger';
import { createOutput } from '../shared/logging/output';
import { within } from '../shared/within';
import { EXIT } from './exit-status';

const STDOUT = 1;
/** A reader that does not read must not keep us from ending. */
const FLUSH_MS = 200;

/** @returns the exit status: failed when `run` rejects, which is logged */
export const untilStopped = async (
  options: Pick<LoggerOptions, 'format' | 'secrets'>,
  run: (logger: Logger) => Promise<void>,
): Promise<number> => {
  const output = createOutput(STDOUT);
  const logger = createLogger({ ...options, write: output.writeLine, clock: Date.now });
  try {
    await run(logger);
    return EXIT.ok;
  } catch (error) {
    logger.error(errorText(error));
    return EXIT.failed;
  } finally {
    await within(output.flushed(), FLUSH_MS);
  }
};

/** Says `said` of a logged event; null passes unsaid. Programs get the numbers too, people only the sentence. */
export const logLine = (
  logger: Logger,
  format: LoggerOptions['format'],
  said: EventLine | null,
  { seq, at, event }: LineOf<Typed>,
  details: Readonly<Record<string, unknown>>,
): void => {
  if (said === null) return;
  logger[said.level](said.msg, format === 'pretty' ? {} : { event: event.type, seq, at, ...details });
};
