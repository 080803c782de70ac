/** A word of progress now and then, while many runs go on. */

import { SECOND_MS } from '../../../machines/shared/units';
/** Time between two words of progress. */
const PROGRESS_MS = 5 * SECOND_MS;

/** Call it once for each run that is done. Short work passes in silence. */
export const progress = (total: number, emit: (text: string) => void): (() => void) => {
  let done = 0;
  let saidAt = performance.now();
  return () => {
    done += 1;
    const now = performance.now();
    if (now - saidAt < PROGRESS_MS || done === total) return;
    saidAt = now;
    emit(`vm-monitor simulate: ${done} of ${total} runs done\n`);
  };
};
