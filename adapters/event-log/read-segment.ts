/** One segment, checked line by line. Used by readers (all segments) and by the recovery (the newest). */
import { basename } from 'node:path';
import { isLeft } from 'fp-ts/Either';
import type { Type } from 'io-ts';
import { errorText } from '../../machines/error-text';
import type { AnyEnvelope } from '../../machines/events/envelope';
import { decodeLine } from './decode-line';
import { EventLogError } from './event-log-error';
import { lineBatches, type LineBatch } from './line-batches';
import type { SequenceCheck } from './sequence';

/** Envelopes in order; `tornBytes` as in LineBatch. */
export interface EnvelopeBatch<Line> {
  readonly envelopes: readonly Line[];
  readonly tornBytes: number;
}

const decodeChecked = <Line extends AnyEnvelope>(
  codec: Type<Line>,
  text: string,
  line: number,
  inSequence: SequenceCheck,
): Line | string => {
  const decoded = decodeLine(codec, text);
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
    throw new EventLogError(basename(path), 0, errorText(error));
  }
}

/** Throws EventLogError at the first bad line, after the good ones before it were yielded. */
export async function* readSegment<Line extends AnyEnvelope>(
  path: string,
  codec: Type<Line>,
  inSequence: SequenceCheck,
): AsyncGenerator<EnvelopeBatch<Line>> {
  let line = 0;
  for await (const { lines, tornBytes } of batchesOf(path)) {
    const envelopes: Line[] = [];
    for (const text of lines) {
      line += 1;
      const checked = decodeChecked(codec, text, line, inSequence);
      if (typeof checked === 'string') {
        yield { envelopes, tornBytes: 0 };
        throw new EventLogError(basename(path), line, checked);
      }
      envelopes.push(checked);
    }
    yield { envelopes, tornBytes };
  }
}
