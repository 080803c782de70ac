/** A command that runs until it is stopped and writes log lines. */
import { isDeepStrictEqual } from 'node:util';
import * as E from 'fp-ts/Either';
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
import { EXIT } from './command';
import { handleSignals } from './signals';

const STDOUT = 1;
/** A reader that does not read must not keep us from ending. */
const FLUSH_MS = 200;

/** How log lines look, as the flags have it. */
interface LogFlags {
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

type Values = Readonly<Record<string, unknown>>;

interface Lasting extends Pick<LoggerOptions, 'format' | 'secrets'> {
  /** The settings by their keys as they were at the start. */
  readonly given: Values;
  /** The same, as a start would have them now; Left: why it would be refused. */
  readonly reread: () => E.Either<string, Values>;
}

/** SIGHUP: reads the configuration again and says what a restart would change. Nothing takes effect before it. */
const logReread = (logger: Logger, { given, reread }: Lasting): void => {
  const read = reread();
  if (E.isLeft(read)) {
    logger.warn('configuration unusable', { reason: read.left });
    return;
  }
  // Names only: values may be passwords.
  const keys = Object.keys(read.right).filter((key) => !isDeepStrictEqual(given[key], read.right[key]));
  if (keys.length === 0) logger.info('configuration unchanged');
  else logger.warn('configuration changed', { keys });
};

/**
 * @param run gets a signal that aborts when the command is to end
 * @returns the exit status: failed when `run` rejects, which is logged
 */
export const untilStopped = async (
  lasting: Lasting,
  run: (logger: Logger, stop: AbortSignal) => Promise<void>,
): Promise<number> => {
  const output = new Output(STDOUT);
  const logger = createLogger({ ...lasting, write: output.writeLine, clock: Date.now });
  const stop = handleSignals(logger, () => {
    logReread(logger, lasting);
  });
  try {
    await run(logger, stop);
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
