/** One segment, checked line by line. Used by readers (all segments) and by the recovery (the newest). */
import { basename } from 'node:path';
import { isLeft } from 'fp-ts/Either';
import type { Envelope } from '../../machines/events/envelope';
import { decodeLine } from './decode-line';
import { EventLogError } from './event-log-error';
import { faultText } from './fault';
import { lineBatches, type LineBatch } from './line-batches';
import type { SequenceCheck } from './sequence';

/** Envelopes in order; `tornBytes` as in LineBatch. */
export interface EnvelopeBatch {
  readonly envelopes: readonly Envelope[];
  readonly tornBytes: number;
}

const decodeChecked = (text: string, line: number, inSequence: SequenceCheck): Envelope | string => {
  const decoded = decodeLine(text);
  if (isLeft(decoded)) return decoded.left;
  const envelope = decoded.right;
  if (line === 1 && envelope.event.type !== 'log.opened')
    return `a segment begins with log.opened, this one with ${envelope.event.type}`;
  return inSequence(envelope) ?? envelope;
};

/** File errors come out as EventLogError too. */
async function* batchesOf(path: string): AsyncGenerator<LineBatch> {
  try {
    yield* lineBatches(path);
  } catch (error) {
    throw new EventLogError(basename(path), 0, faultText(error));
  }
}

/** Throws EventLogError at the first bad line, after the good ones before it were yielded. */
export async function* readSegment(path: string, inSequence: SequenceCheck): AsyncGenerator<EnvelopeBatch> {
  let line = 0;
  for await (const { lines, tornBytes } of batchesOf(path)) {
    const envelopes: Envelope[] = [];
    for (const text of lines) {
      line += 1;
      const checked = decodeChecked(text, line, inSequence);
      if (typeof checked === 'string') {
        yield { envelopes, tornBytes: 0 };
        throw new EventLogError(basename(path), line, checked);
      }
      envelopes.push(checked);
    }
    yield { envelopes, tornBytes };
  }
}
