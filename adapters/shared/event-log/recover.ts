/**
 * Makes a log ready to be continued, at start. Reads the newest segment only (8 MiB, some 0.3 s),
 * however long the log is; older ones only if that one is damaged.
 */
import { rename, stat, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Type } from 'io-ts';
import { errorText } from '../../../machines/shared/error-text';
import { headIn, type AnyEnvelope, type LogOpened } from '../../../machines/shared/events/envelope';
import { wholenessOf } from './checksum';
import type { ClaimedDirectory } from './claim';
import { EventLogError } from './event-log-error';
import { lineBatches } from './line-batches';
import { readLog } from './read';
import { readSegment } from './read-segment';
import { brokenName, listSegments, type LogFile } from './segments';
import { createSequenceCheck } from '../../../machines/shared/events/sequence';

export interface Recovered<Line> {
  /** The next line bears lastSeq + 1 and an `at` not below lastAt. Both are 0 for a new log. */
  readonly lastSeq: number;
  readonly lastAt: number;
  /** What the head of the next segment must bear, when numbers below lastSeq were lost; else null. */
  readonly resumedAfter: number | null;
  /** The head of the newest readable segment and its `at`; null for a new log. */
  readonly opened: LogOpened | null;
  readonly openedAt: number;
  /**
   * The lines after `opened`; not an array, so that a start takes no memory for them. To be read
   * before a writer is opened, which may compress the file.
   */
  tail(): AsyncGenerator<Line>;
  /** What was cut, set aside or removed, one sentence each. */
  readonly notes: readonly string[];
}

interface HighestNumbers {
  readonly seq: number;
  readonly at: number;
}

/** The numbers of a segment's good lines and its head; `opened` is null while it has no whole line. */
interface Scan {
  last: HighestNumbers;
  opened: LogOpened | null;
  openedAt: number;
  tornBytes: number;
}

/** Throws EventLogError when the segment is damaged before its last line. */
const scan = async <Line extends AnyEnvelope>(path: string, codec: Type<Line>): Promise<Scan> => {
  const found: Scan = { last: { seq: 0, at: 0 }, opened: null, openedAt: 0, tornBytes: 0 };
  const onTorn = (bytes: number): void => void (found.tornBytes = bytes);
  for await (const envelope of readSegment(path, codec, { inSequence: createSequenceCheck(), onTorn })) {
    const { seq, at } = envelope;
    if (found.opened === null) {
      found.opened = headIn(envelope);
      found.openedAt = at;
    }
    found.last = { seq, at };
  }
  return found;
};

async function* linesAfterHead<Line extends AnyEnvelope>(path: string, codec: Type<Line>): AsyncGenerator<Line> {
  const lines = readLog(path, codec);
  await lines.next();
  yield* lines;
}

/** Cuts a torn tail; a segment without a whole line goes altogether. */
const mend = async (path: string, { name, kind }: LogFile, { opened, tornBytes }: Scan): Promise<string[]> => {
  if (opened === null) {
    await unlink(path);
    return [`${name}: removed, it holds no whole line`];
  }
  if (tornBytes === 0) return [];
  if (kind === 'gzip') throw new EventLogError(name, 0, 'a compressed segment ends within a line');
  await truncate(path, (await stat(path)).size - tornBytes);
  return [`${name}: a torn last line of ${tornBytes} bytes was cut`];
};

const maxOf = (a: HighestNumbers, b: HighestNumbers): HighestNumbers => ({
  seq: Math.max(a.seq, b.seq),
  at: Math.max(a.at, b.at),
});

/** The head of a line as our writer makes it; what follows may be damaged. */
const LINE_HEAD = /^\{"v":\d+,"seq":(\d{1,12}),"at":(\d{1,15}),/;
const HEAD_BYTES = 64;

/** A line that is known to be damaged had a number too, but maybe not the one that it shows. */
const higher = (found: HighestNumbers, line: Buffer): HighestNumbers => {
  if (wholenessOf(line) === 'damaged') return { ...found, seq: found.seq + 1 };
  const [, seq, at] = LINE_HEAD.exec(line.toString('latin1', 0, HEAD_BYTES)) ?? [];
  return { seq: Math.max(found.seq, Number(seq ?? 0)), at: Math.max(found.at, Number(at ?? 0)) };
};

/** The highest seq and at in the lines that bear them, at least `floor`. Stops where the file cannot be read on. */
const highestNumbers = async (path: string, floor: HighestNumbers): Promise<HighestNumbers> => {
  let found = floor;
  try {
    for await (const lines of lineBatches(path)) found = lines.reduce(higher, found);
  } catch {
    return found; // The damage has been reported already; this is what could be had.
  }
  return found;
};

/** Nothing is left to be continued. */
const ANEW = { resumedAfter: null, opened: null, openedAt: 0, tail: async function* () {} };

const recoverDirectory = async <Line extends AnyEnvelope>(dir: string, codec: Type<Line>): Promise<Recovered<Line>> => {
  const notes: string[] = [];
  let lost: HighestNumbers = { seq: 0, at: 0 };
  // Each round ends the search or takes one file away.
  for (;;) {
    const newest = (await listSegments(dir)).at(-1);
    if (newest === undefined) return { ...ANEW, lastSeq: lost.seq, lastAt: lost.at, notes };
    const path = join(dir, newest.name);
    try {
      const found = await scan(path, codec);
      notes.push(...(await mend(path, newest, found)));
      const { opened, openedAt, last } = found;
      if (opened === null) continue;
      const { seq: lastSeq, at: lastAt } = maxOf(lost, last);
      const resumedAfter = lastSeq > last.seq ? last.seq : null;
      return { lastSeq, lastAt, resumedAfter, opened, openedAt, tail: () => linesAfterHead(path, codec), notes };
    } catch (error) {
      if (!(error instanceof EventLogError)) throw error;
      lost = await highestNumbers(path, maxOf(lost, { seq: newest.firstSeq, at: 0 }));
      await rename(path, join(dir, brokenName(newest)));
      notes.push(`${error.message}; set aside as ${brokenName(newest)}`);
    }
  }
};

/**
 * Cuts a torn tail. A newest segment that is damaged otherwise is set aside untouched (suffix
 * ".broken") and the one before it counts. Left: an error of the file system; the monitor says it
 * and runs without a log.
 */
export const recoverEventLog = async <Line extends AnyEnvelope>(
  { dir }: ClaimedDirectory,
  codec: Type<Line>,
): Promise<E.Either<string, Recovered<Line>>> => {
  try {
    return E.right(await recoverDirectory(dir, codec));
  } catch (error) {
    return E.left(`${dir}: the log cannot be continued: ${errorText(error)}`);
  }
};
