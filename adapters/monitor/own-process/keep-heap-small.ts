/**
 * V8 collects when memory is asked for, and a calm monitor asks for next to none: what its start, a log that was read
 * or a flood of frames has left would stay for hours. So the heap is looked at now and then.
 */
import { errorText } from '../../../machines/shared/error-text';
import { MIB, MINUTE_MS, SECOND_MS } from '../../../machines/shared/units';
import { collectHeap, heapBytes } from './collect-heap';

/** By then what a sample runs has been compiled once. */
const FIRST_LOOK_MS = 20 * SECOND_MS;
/** A pause of 40 ms each time, if it must be, is 0.03 % of a core. */
const LOOK_EVERY_MS = 2 * MINUTE_MS;
/** Growth since the last collection that is worth a pause. The young generation alone moves by 0.75 MiB. */
const WORTH_BYTES = 1.5 * MIB;

export interface Heap {
  /** Its size in bytes, as far as it is resident. */
  readonly bytes: () => number;
  /** May reject; then the next look tries again. */
  readonly collect: () => Promise<void>;
}

const OWN_HEAP: Heap = { bytes: heapBytes, collect: collectHeap };

/**
 * Collects the heap when it has grown, at its first look in any case; only while `mayPause` says yes.
 *
 * @param onFailure called for the first collection that failed; each look tries again
 * @returns ends the looks
 */
export const keepHeapSmall = (
  mayPause: () => boolean,
  onFailure: (reason: string) => void,
  heap = OWN_HEAP,
): (() => void) => {
  let leastBytes = 0;
  let isReported = false;
  const failed = (error: unknown): void => {
    if (!isReported) onFailure(errorText(error));
    isReported = true;
  };
  const look = async (): Promise<void> => {
    if (!mayPause() || heap.bytes() < leastBytes + WORTH_BYTES) return;
    await heap.collect();
    leastBytes = heap.bytes();
  };
  let timer: NodeJS.Timeout;
  const lookAfter = (ms: number): void => {
    timer = setTimeout(() => {
      look().catch(failed);
      lookAfter(LOOK_EVERY_MS);
    }, ms).unref();
  };
  lookAfter(FIRST_LOOK_MS);
  return () => {
    clearTimeout(timer);
  };
};
