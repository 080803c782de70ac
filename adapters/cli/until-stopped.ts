/** A command that runs until it is stopped and writes log lines. */
import { errorText } from '../../machines/shared/error-text';
import type { LineOf, Typed } from '../../machines/shared/events/envelope';
import type { EventLine } from '../shared/logging/event-line';
import { createLogger, type Logger, type LoggerOptions } from '../shared/logging/logger';
import { COMMON_SENTENCES } from '../shared/logging/common-sentences';
import type { Readable } from '../shared/logging/pretty-line';
import type { Sentences } from '../shared/logging/sentence';
import type { Environment } from '../shared/config/environment';
import { Output } from '../shared/logging/output';
import { within } from '../shared/within';
import { EXIT } from './exit-status';

const STDOUT = 1;
/** A reader that does not read must not keep us from ending. */
const FLUSH_MS = 200;

/** How log lines look, as the flags have it. */
export interface LogFlags {
  readonly logFormat: 'json' | 'pretty';
  readonly logTime: Readable['time'];
}

/** On a terminal that can, unless the user wants none (no-color.org). */
const coloursFor = ({ stdoutIsTerminal, environment }: Environment): Readable['colours'] =>
  stdoutIsTerminal && (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb' ? 'ansi' : 'none';

/** @param sentences of the command's own lines */
export const lineFormat = (
  { logFormat, logTime }: LogFlags,
  environment: Environment,
  sentences: Sentences,
): LoggerOptions['format'] =>
  logFormat === 'json'
    ? 'json'
    : { sentences: { ...COMMON_SENTENCES, ...sentences }, colours: coloursFor(environment), time: logTime };

/** @returns the exit status: failed when `run` rejects, which is logged */
export const untilStopped = async (
  options: Pick<LoggerOptions, 'format' | 'secrets'>,
  run: (logger: Logger) => Promise<void>,
): Promise<number> => {
  const output = new Output(STDOUT);
  const logger = createLogger({ ...options, write: output.writeLine, clock: Date.now });
  try {
    await run(logger);
    return EXIT.ok;
  } catch (error) {
    logger.error('failed', { reason: errorText(error) });
    return EXIT.failed;
  } finally {
    await within(output.flushed(), FLUSH_MS);
  }
};

/** Writes the line of a logged event; null: the event has none. `event`, `seq` and `at` find it in the event log. */
export const logLine = (logger: Logger, line: EventLine | null, { seq, at, event }: LineOf<Typed>): void => {
  if (line === null) return;
  logger[line.level](line.msg, { event: event.type, seq, at, ...line.fields });
};
