/** One piece of work at a time, in the order in which they came. */
export interface Queue {
  /** Resolves with the work's result, or null where too many wait already. */
  run<T>(work: () => Promise<T>): Promise<T | null>;
  /** Pieces that wait or run. */
  readonly length: () => number;
  /** Resolves when all that is in the queue now has ended. */
  readonly drained: () => Promise<void>;
}

/** @param maxWaiting how many may wait beside the one that runs */
export const createQueue = (maxWaiting: number): Queue => {
  let length = 0;
  let tail: Promise<unknown> = Promise.resolve();
  return {
    run: async (work) => {
      if (length > maxWaiting) return null;
      length += 1;
      const result = tail.then(work).finally(() => {
        length -= 1;
      });
      tail = result.catch(() => undefined); // Its own caller gets it; the next piece runs all the same.
      return result;
    },
    length: () => length,
    drained: async () => {
      await tail;
    },
  };
};
