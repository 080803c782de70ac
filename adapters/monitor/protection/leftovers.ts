/**
 * What a monitor before us has left and our start could not undo: tried again until it is undone (rule R3). Until
 * then nothing of ours is put in place, and its note stays as it is: nothing else says what was its own.
 *
 * If we die at any point: the note is still there, and the next start does the same.
 */
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import { type RestoreJob, restoreSync } from './restore';
import type { Restored } from './undoing';
import { SECOND_MS } from '../../../machines/shared/units';

/** Waits before what a start could not undo is tried again, doubling: Postgres may stand still meanwhile. */
const UNDO_AGAIN_FIRST_MS = SECOND_MS;
const UNDO_AGAIN_MOST_MS = 10 * SECOND_MS;

export interface Leftovers {
  /** Why nothing may be put in place yet; null: nothing is left. */
  readonly pending: () => string | null;
  /** One more try, and no further one. */
  stop(): void;
}

export interface LeftoversOptions {
  readonly job: RestoreJob;
  /** What the tries of the start (restore.ts) have come to. */
  readonly atStart: Restored;
  /** For the log: when something was undone, and when something else fails than before. */
  readonly report: (restored: Restored) => void;
  readonly emit: (event: InputEvent) => void;
}

const reasonOf = ({ failed }: Restored): string | null => (failed.length === 0 ? null : failed.join('; '));

/** The event that tells how it stands; undefined: nothing was left. */
export const leftoverEvent = (leftovers: Leftovers): InputEvent | undefined => {
  const reason = leftovers.pending();
  return reason === null ? undefined : { type: 'undo.failed', reason };
};

/** Tries again with a back-off while something is left. */
export const undoLeftovers = ({ job, atStart, report, emit }: LeftoversOptions): Leftovers => {
  let reason = reasonOf(atStart);
  let timer: NodeJS.Timeout | undefined;

  const tryAgain = (): void => {
    const restored = restoreSync(job);
    const before = reason;
    reason = reasonOf(restored);
    if (reason !== before || restored.lifted.length > 0) report(restored);
    if (reason === null) emit({ type: 'undo.completed' });
    else if (reason !== before) emit({ type: 'undo.failed', reason });
  };

  const wait = (ms: number): void => {
    timer = setTimeout(() => {
      tryAgain();
      if (reason !== null) wait(Math.min(2 * ms, UNDO_AGAIN_MOST_MS));
    }, ms).unref();
  };
  if (reason !== null) wait(UNDO_AGAIN_FIRST_MS);

  return {
    pending: () => (reason === null ? null : `what a monitor before has left is not undone yet: ${reason}`),
    stop: () => {
      clearTimeout(timer);
      if (reason !== null) tryAgain();
    },
  };
};
