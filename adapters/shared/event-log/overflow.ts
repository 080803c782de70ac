/** Why the buffer of the log overflows, as a sentence that distinguishes a stalled disk from a burst of input. */
import { formatBytes, formatMs } from '../../../machines/shared/format';
import { SECOND_MS } from '../../../machines/shared/units';

/** A write that takes longer than this is the disk's fault: one of a full buffer takes some 10 ms, on a busy disk 100. */
const STALLED_MS = SECOND_MS;

export interface Overflow {
  /** The line that found no room. */
  readonly lineBytes: number;
  /** What waits for the disk or is being written. */
  readonly bufferedBytes: number;
  readonly maxBytes: number;
  /** How long the present write has been under way; 0 without one. */
  readonly writingMs: number;
}

export const overflowReason = ({ lineBytes, bufferedBytes, maxBytes, writingMs }: Overflow): string => {
  const bound = `the bound is ${formatBytes(maxBytes)}`;
  if (lineBytes > maxBytes) return `one line has ${formatBytes(lineBytes)}, ${bound}`;
  const waiting = `${formatBytes(bufferedBytes)} wait to be written, ${bound}`;
  return writingMs >= STALLED_MS
    ? `the disk stalls: a write has been under way for ${formatMs(writingMs)}; ${waiting}`
    : `input comes faster than it can be written (the disk is not stalled): ${waiting}`;
};
