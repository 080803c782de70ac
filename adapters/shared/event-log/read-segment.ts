/** One segment, checked line by line. Used by readers (all segments) and by the recovery (the newest). */
import { basename } from 'node:path';
import { isLeft } from 'fp-ts/Either';
import type { Type } from 'io-ts';
import { errorText } from '../../../machines/shared/error-text';
import type { AnyEnvelope } from '../../../machines/shared/events/envelope';
import { createLineEndCheck } from './checksum';
import { DAMAGED, decodeContent, decodeBytes } from './decode-line';
import { EventLogError } from './event-log-error';
import { lineBatches, type BatchOptions } from './line-batches';
import type { SequenceCheck } from '../../../machines/shared/events/sequence';

/** What the reading of a segment depends on beside its file. */
export interface SegmentOptions extends BatchOptions {
  readonly inSequence: SequenceCheck;
  /**
   * Is called for a line that is not as it was written and still is one of this log; then the reading goes on. Without
   * it such a line is as bad as any other.
   */
  readonly onDamaged?: ((fault: EventLogError) => void) | undefined;
}

/** File errors come out as EventLogError too. */
async function* batchesOf(path: string, options: BatchOptions): AsyncGenerator<readonly Buffer[]> {
  try {
    yield* lineBatches(path, options);
  } catch (error) {
    throw new EventLogError(basename(path), 0, errorText(error));
  }
}

const noHead = ({ event }: AnyEnvelope): string | null =>
  event.type === 'log.opened' ? null : `a segment begins with log.opened, this one with ${event.type}`;

/**
 * In order. Each line is decoded when it is taken, so that no more than one event is held: events that outlive a
 * collection of garbage make V8 enlarge its heap, and keep it so. Throws EventLogError at the first bad line.
 */
export async function* readSegment<Line extends AnyEnvelope>(
  path: string,
  codec: Type<Line>,
  options: SegmentOptions,
): AsyncGenerator<Line> {
  const { inSequence, onDamaged } = options;
  const wrongEnd = createLineEndCheck();
  let line = 0;
  for await (const lines of batchesOf(path, options)) {
    for (const bytes of lines) {
      line += 1;
      const fault = (reason: string): EventLogError => new EventLogError(basename(path), line, reason);
      const strict = decodeBytes(codec, bytes);
      const isPassed = isLeft(strict) && strict.left === DAMAGED && onDamaged !== undefined;
      const decoded = isPassed ? decodeContent(codec, bytes) : strict;
      if (isLeft(decoded)) throw fault(isPassed ? DAMAGED : decoded.left);
      if (isPassed) onDamaged(fault(DAMAGED));
      const envelope = decoded.right;
      const problem = (line === 1 ? noHead(envelope) : null) ?? wrongEnd(bytes) ?? inSequence(envelope);
      if (problem !== null) throw fault(problem);
      yield envelope;
    }
  }
}
