/** Text in and out of websocket frames. */
import type { RawData } from 'ws';

/** The reason in a Close frame, RFC 6455 §5.5: 125 bytes of payload less 2 for the code. */
const MAX_CLOSE_REASON_BYTES = 123;

/** ws hands out one Buffer a message as long as binaryType is its default, "nodebuffer". */
export const wholeFrame = (data: RawData): Buffer => {
  if (!Buffer.isBuffer(data)) throw new Error('a websocket has another binaryType than nodebuffer');
  return data;
};

/** The text of a frame. */
export const frameText = (data: RawData): string => wholeFrame(data).toString('utf8');

/** A reason that fits into a Close frame, cut between characters. */
export const closeReason = (reason: string): string =>
  new TextDecoder().decode(Buffer.from(reason).subarray(0, MAX_CLOSE_REASON_BYTES), { stream: true });
