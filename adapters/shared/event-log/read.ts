/** Reads an event log: every line checked, in order, streaming. */
import { basename } from 'node:path';
import * as t from 'io-ts';
import type { Type } from 'io-ts';
import { envelopeOf, headIn, LogOpened, type AnyEnvelope } from '../../../machines/shared/events/envelope';
import { EventLogError } from './event-log-error';
import type { AwaitMore } from './line-batches';
import { newestSegment, segmentsOf, type LogSegments } from './log-segments';
import { readSegment } from './read-segment';
import { createSequenceCheck } from '../../../machines/shared/events/sequence';
import { createWallClock } from './wall-clock';

/** What the writer leaves of lines that it could not write; null for all others. */
const lossBefore = (envelope: AnyEnvelope): string | null => {
  const resumedAfter = headIn(envelope)?.resumedAfter;
  return resumedAfter === undefined
    ? null
    : `${envelope.seq - 1 - resumedAfter} lines after seq ${resumedAfter} were lost, as they could not be written`;
};

export interface ReadOptions {
  /** Receives what is passed over: a torn last line, lines that were lost before they reached the disk. */
  readonly onNote?: (note: string) => void;
  /** Receives the name of the segment from which the next envelopes come. */
  readonly onSegment?: (name: string) => void;
  /** As SegmentOptions have it. */
  readonly onDamaged?: (fault: EventLogError) => void;
  /**
   * Follows the log: waits at its end; true: look for more, false: it was enough. Without it the log's present
   * end is the end.
   */
  readonly wait?: () => Promise<boolean>;
}

/** The segment after the last one, waited for where the log is followed. */
const nextSegment = async (segments: LogSegments, wait: ReadOptions['wait']): Promise<string | null> => {
  let segment = await segments.next();
  while (segment === null && (await wait?.())) segment = await segments.next();
  return segment;
};

/** A segment is finished when there is a newer one: what came into it before that is still read. */
const moreOf = (segments: LogSegments, wait: () => Promise<boolean>): AwaitMore => {
  let isFinished = false;
  return async () => {
    if (isFinished) return false;
    isFinished = await segments.hasNext();
    return isFinished || wait();
  };
};

/**
 * All envelopes of a log directory or of one segment (plain or .gz), inputs and outputs in their one
 * sequence. A line counts when its line end is there: what follows the last one is a torn write; it
 * is ignored in the last segment and an error in any other.
 * Throws EventLogError with file, line and reason; the good envelopes before it come out first.
 */
export async function* readLog<Line extends AnyEnvelope>(
  path: string,
  codec: Type<Line>,
  { onNote, onSegment, onDamaged, wait }: ReadOptions = {},
): AsyncGenerator<Line> {
  const inSequence = createSequenceCheck();
  const segments = await segmentsOf(path, wait === undefined ? 'present' : 'growing');
  for (let next = await nextSegment(segments, wait); next !== null; next = await nextSegment(segments, wait)) {
    const name = basename(next);
    onSegment?.(name);
    const awaitMore = wait === undefined ? undefined : moreOf(segments, wait);
    let tornBytes = 0;
    const onTorn = (bytes: number): void => void (tornBytes = bytes);
    for await (const envelope of readSegment(next, codec, { inSequence, awaitMore, onDamaged, onTorn })) {
      const loss = lossBefore(envelope);
      if (loss !== null) onNote?.(`${name}: ${loss}`);
      yield envelope;
    }
    if (tornBytes === 0) continue;
    const torn = `the last line is torn (${tornBytes} bytes without a line end)`;
    if (await segments.hasNext()) throw new EventLogError(name, 0, torn);
    onNote?.(`${name}: ${torn}, ignored`);
  }
}

const HeadLine = envelopeOf(LogOpened);

/** Who wrote a log, by its first line, which is the same for all roles. Throws as readLog does. */
export const roleOf = async (path: string): Promise<LogOpened['role']> => {
  for await (const { event } of readLog(path, HeadLine)) return event.role;
  throw new EventLogError(path, 0, 'holds no whole line');
};

const AnyLine = envelopeOf(t.union([LogOpened, t.type({ type: t.string })]));

/**
 * The wall clock at the last readable line of a log, in ms since 1970; null where there is none. Reads the newest
 * segment only. Throws EventLogError where there is no log.
 */
export const lastWallClockMs = async (path: string): Promise<number | null> => {
  const clock = createWallClock();
  let last: number | null = null;
  const newest = await newestSegment(path);
  try {
    for await (const line of readLog(newest, AnyLine)) last = clock(line);
  } catch (error) {
    // Who reads the log for what is in it is notified.
    if (!(error instanceof EventLogError)) throw error;
  }
  return last;
};
