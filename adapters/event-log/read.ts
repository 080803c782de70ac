/** Reads an event log: every line checked, in order, streaming. */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Type } from 'io-ts';
import { errorText } from '../../machines/error-text';
import { Envelope, envelopeOf, headIn, LogOpened, type AnyEnvelope } from '../../machines/events/envelope';
import { EventLogError } from './event-log-error';
import { readSegment } from './read-segment';
import { createSequenceCheck } from './sequence';
import { listSegments } from './segments';

const segmentsOf = async (dir: string): Promise<string[]> => {
  const segments = await listSegments(dir);
  if (segments.length === 0) throw new EventLogError(dir, 0, 'holds no segment (NNNNNNNNNNNN.ndjson or .ndjson.gz)');
  return segments.map(({ name }) => join(dir, name));
};

const pathsOf = async (path: string): Promise<string[]> => {
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(path)).isDirectory();
  } catch (error) {
    throw new EventLogError(path, 0, errorText(error));
  }
  return isDirectory ? segmentsOf(path) : [path];
};

/** What the writer says of lines that it could not write; null for all others. */
const lossBefore = (envelope: AnyEnvelope): string | null => {
  const resumedAfter = headIn(envelope)?.resumedAfter;
  return resumedAfter === undefined
    ? null
    : `${envelope.seq - 1 - resumedAfter} lines after seq ${resumedAfter} were lost, as they could not be written`;
};

/**
 * All envelopes of a log directory or of one segment (plain or .gz), inputs and outputs in their one
 * sequence. A line counts when its line end is there: what follows the last one is a torn write; it
 * is ignored in the last segment and an error in any other. `onNote` is told of that, and of lines
 * that were lost before they reached the disk.
 * Throws EventLogError with file, line and reason; the good envelopes before it come out first.
 */
export async function* readLog<Line extends AnyEnvelope>(
  path: string,
  codec: Type<Line>,
  onNote: (note: string) => void = () => undefined,
): AsyncGenerator<Line> {
  const inSequence = createSequenceCheck();
  const paths = await pathsOf(path);
  for (const segment of paths) {
    for await (const { envelopes, tornBytes } of readSegment(segment, codec, inSequence)) {
      for (const envelope of envelopes) {
        const loss = lossBefore(envelope);
        if (loss !== null) onNote(`${basename(segment)}: ${loss}`);
        yield envelope;
      }
      if (tornBytes === 0) continue;
      const torn = `the last line is torn (${tornBytes} bytes without a line end)`;
      if (segment !== paths.at(-1)) throw new EventLogError(basename(segment), 0, torn);
      onNote(`${basename(segment)}: ${torn}, ignored`);
    }
  }
}

/** The log of a monitor. */
export const readEventLog = (path: string, onNote?: (note: string) => void): AsyncGenerator<Envelope> =>
  readLog(path, Envelope, onNote);

const HeadLine = envelopeOf(LogOpened);

/** Who wrote a log, by its first line, which is the same for all roles. Throws as readLog does. */
export const roleOf = async (path: string): Promise<LogOpened['role']> => {
  for await (const { event } of readLog(path, HeadLine)) return event.role;
  throw new EventLogError(path, 0, 'holds no whole line');
};
