/** One line as its bytes lie in a segment to one envelope. */
import * as E from 'fp-ts/Either';
import type * as t from 'io-ts';
import { decodeText, nestingFault } from '../../../machines/shared/events/decode';
import type { AnyEnvelope } from '../../../machines/shared/events/envelope';
import { contentOf, wholenessOf } from './checksum';

export const DAMAGED = 'the checksum is wrong: the line is not as it was written';

/** What is wrong with a line before it is parsed; null: nothing. A line that is as it was written is ours, and not deep. */
const faultOf = (bytes: Buffer): string | null => {
  const wholeness = wholenessOf(bytes);
  if (wholeness === 'damaged') return DAMAGED;
  return wholeness === 'none' ? nestingFault(bytes.toString('latin1')) : null;
};

/** What stands in a line, whatever its checksum says of it. */
export const decodeContent = <Line extends AnyEnvelope>(codec: t.Type<Line>, bytes: Buffer): E.Either<string, Line> =>
  decodeText(codec, contentOf(bytes));

/**
 * @param codec the lines of the role that wrote the log
 * @param bytes one line without its line end
 * @returns Left: what is wrong with the line and what was expected
 */
export const decodeBytes = <Line extends AnyEnvelope>(codec: t.Type<Line>, bytes: Buffer): E.Either<string, Line> => {
  const fault = faultOf(bytes);
  return fault === null ? decodeContent(codec, bytes) : E.left(fault);
};
