/** One segment, checked line by line. Used by readers (all segments) and by the recovery (the newest). */
import { basename } from 'node:path';
import { isLeft, isRight, type Either } from 'fp-ts/Either';
import type { Type } from 'io-ts';
import { errorText } from '../../../machines/shared/error-text';
import type { AnyEnvelope } from '../../../machines/shared/events/envelope';
import { createLineEndCheck } from './checksum';
import { DAMAGED, decodeContent, decodeBytes } from './decode-line';
import { EventLogError } from './event-log-error';
import { lineBatches, type AwaitMore, type LineBatch } from './line-batches';
import type { SequenceCheck } from '../../../machines/shared/events/sequence';

export interface EnvelopeBatch<Line> {
  /**
   * In order, to be taken once and before the next batch. Each is decoded when it is taken, so that no more than
   * one is held: events that outlive a collection of garbage make V8 enlarge its heap, and keep it so. Throws
   * EventLogError at the first bad line.
   */
  readonly envelopes: Iterable<Line>;
  /** As in LineBatch. */
  readonly tornBytes: number;
}

/** What the reading of a segment depends on beside its file. */
export interface SegmentOptions {
  /** As lineBatches takes it. */
  readonly awaitMore?: AwaitMore | undefined;
  /**
   * Is called for a line that is not as it was written and still is one of this log; then the reading goes on. Without
   * it such a line is as bad as any other.
   */
  readonly onDamaged?: ((fault: EventLogError) => void) | undefined;
}

/** File errors come out as EventLogError too. */
async function* batchesOf(path: string, awaitMore?: AwaitMore): AsyncGenerator<LineBatch> {
  try {
    yield* lineBatches(path, awaitMore);
  } catch (error) {
    throw new EventLogError(basename(path), 0, errorText(error));
  }
}

/** Takes the lines of one segment in order. */
class SegmentDecoder<Line extends AnyEnvelope> {
  private readonly wrongEnd = createLineEndCheck();
  private line = 0;

  constructor(
    private readonly name: string,
    private readonly codec: Type<Line>,
    private readonly inSequence: SequenceCheck,
    private readonly onDamaged: SegmentOptions['onDamaged'],
  ) {}

  *envelopes(lines: Iterable<Buffer>): Generator<Line> {
    for (const bytes of lines) {
      this.line += 1;
      const checked = this.checked(bytes);
      if (typeof checked === 'string') throw new EventLogError(this.name, this.line, checked);
      yield checked;
    }
  }

  private decoded(bytes: Buffer): Either<string, Line> {
    const strict = decodeBytes(this.codec, bytes);
    if (isRight(strict) || strict.left !== DAMAGED || this.onDamaged === undefined) return strict;
    const content = decodeContent(this.codec, bytes);
    if (isLeft(content)) return strict;
    this.onDamaged(new EventLogError(this.name, this.line, DAMAGED));
    return content;
  }

  private checked(bytes: Buffer): Line | string {
    const decoded = this.decoded(bytes);
    if (isLeft(decoded)) return decoded.left;
    const envelope = decoded.right;
    if (this.line === 1 && envelope.event.type !== 'log.opened')
      return `a segment begins with log.opened, this one with ${envelope.event.type}`;
    return this.wrongEnd(bytes) ?? this.inSequence(envelope) ?? envelope;
  }
}

export async function* readSegment<Line extends AnyEnvelope>(
  path: string,
  codec: Type<Line>,
  inSequence: SequenceCheck,
  { awaitMore, onDamaged }: SegmentOptions = {},
): AsyncGenerator<EnvelopeBatch<Line>> {
  const decoder = new SegmentDecoder(basename(path), codec, inSequence, onDamaged);
  for await (const { lines, tornBytes } of batchesOf(path, awaitMore))
    yield { envelopes: decoder.envelopes(lines), tornBytes };
}
