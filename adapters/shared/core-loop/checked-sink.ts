/** What is logged can be read again: the codec that reads a log is tried on each line that is written. */
import { isLeft } from 'fp-ts/Either';
import type { LogRole } from '../../../machines/shared/core/replay';
import { LOG_VERSION, type Typed } from '../../../machines/shared/events/envelope';
import { decodeLine } from '../event-log/decode-line';
import type { EventSink } from './core-loop';

/**
 * A sink that takes only what `role` can read. What it does not take is a mistake of ours (NaN in a size, say), and
 * as every output is logged before it is performed, the core loop ends before it has any effect.
 *
 * @throws from its methods, naming the event's type and what is wrong
 */
export const checkedSink = <Input extends Typed, Output extends Typed>(
  { line: codec }: LogRole<Input, Output>,
  sink: EventSink,
): EventSink => {
  const checked = (append: EventSink['appendInput']) => (at: number, event: Typed) => {
    const line = { v: LOG_VERSION, seq: 0, at, event };
    if (codec.is(line)) return append(at, event);
    const read = decodeLine(codec, Buffer.from(JSON.stringify(line)));
    throw new Error(`${event.type} cannot be logged: ${isLeft(read) ? read.left : 'a number is not finite'}`);
  };
  return {
    appendInput: checked((at, event) => sink.appendInput(at, event)),
    appendOutput: checked((at, event) => sink.appendOutput(at, event)),
  };
};
