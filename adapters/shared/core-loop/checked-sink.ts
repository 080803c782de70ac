/** What is logged can be read again: the codec that reads a log is tried on each line that is written. */
import { isLeft } from 'fp-ts/Either';
import type { LogRole } from '../../../machines/shared/core/replay';
import { LOG_VERSION, type Typed } from '../../../machines/shared/events/envelope';
import { decodeBytes } from '../event-log/decode-line';
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
  const check = (at: number, event: Typed): void => {
    const line = { v: LOG_VERSION, seq: 0, at, event };
    if (codec.is(line)) return;
    const read = decodeBytes(codec, Buffer.from(JSON.stringify(line)));
    throw new Error(`${event.type} cannot be logged: ${isLeft(read) ? read.left : 'a number is not finite'}`);
  };
  return {
    appendInput: (at, event) => {
      check(at, event);
      return sink.appendInput(at, event);
    },
    appendOutput: (at, event) => {
      check(at, event);
      return sink.appendOutput(at, event);
    },
  };
};
