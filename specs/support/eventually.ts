/** Waits for what other processes do, and no event tells. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

const LOOK_MS = 10;
/** Ten times what the slowest of them takes. */
const DEADLINE_MS = 10_000;

/** Looks until it finds `expected`. Rejects with what it found last. */
export const eventually = async <A>(
  look: () => A | Promise<A>,
  expected: A,
  deadlineMs = DEADLINE_MS,
): Promise<void> => {
  const startMs = performance.now();
  for (;;) {
    const found = await look();
    if (isDeepStrictEqual(found, expected)) return;
    const waitedMs = performance.now() - startMs;
    if (waitedMs >= deadlineMs) {
      throw new Error(
        `after ${waitedMs.toFixed()} ms still ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`,
      );
    }
    await sleep(LOOK_MS);
  }
};
