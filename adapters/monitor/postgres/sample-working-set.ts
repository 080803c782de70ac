/** Looks for the working set every 15 s and dispatches it to the core: off the sampling path, and never two looks at once. */
import { isRight, type Either } from 'fp-ts/Either';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import type { FileCache } from './file-cache';
import type { WorkingSetPages } from './working-set';
import { SECOND_MS } from '../../../machines/shared/units';

/** As often as neondatabase/autoscaling's agent looks; a window of a minute does not change sooner. */
const WORKING_SET_EVERY_MS = 15 * SECOND_MS;
/** While nobody is connected or a command is under way. */
const WORKING_SET_AGAIN_MS = SECOND_MS;

const DELAYS = { everyMs: WORKING_SET_EVERY_MS, againMs: WORKING_SET_AGAIN_MS };

/**
 * @param delays shorter ones are for tests
 * @returns stops it
 */
export const sampleWorkingSet = (
  cache: Pick<FileCache, 'workingSet'>,
  emit: (event: InputEvent) => void,
  { everyMs, againMs } = DELAYS,
): (() => void) => {
  let saidReason: string | null = null;
  let timer: NodeJS.Timeout | null = null;

  const take = (read: Either<string, WorkingSetPages>): void => {
    if (isRight(read)) emit({ type: 'workingSet.sampled', pages: read.right });
    // The same reason is emitted once.
    else if (read.left !== saidReason) emit({ type: 'workingSet.lost', reason: read.left });
    saidReason = isRight(read) ? null : read.left;
  };
  const look = async (): Promise<void> => {
    const read = await cache.workingSet();
    if (timer === null) return;
    if (read !== null) take(read);
    waitFor(read === null ? againMs : everyMs);
  };
  const waitFor = (ms: number): void => {
    timer = setTimeout(() => void look(), ms).unref();
  };

  waitFor(againMs);
  return () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
};
