/**
 * What a monitor before us has left and our start could not undo: tried again until it is undone (rule R3). Until
 * then nothing of ours is put in place, and its note stays as it is: nothing else says what was its own.
 *
 * If we die at any point: the note is still there, and the next start does the same.
 */
import { defer, EMPTY, merge, type Observable, of, Subject } from 'rxjs';
import type { InputEvent } from '../../../machines/monitor/events/inputs';
import { SECOND_MS } from '../../../machines/shared/units';
import type { Logger } from '../../shared/logging/logger';
import { restore, type RestoreJob, restoreSync } from './restore';
import type { Restored } from './undoing';

/** Waits before what a start could not undo is tried again, doubling: Postgres may stand still meanwhile. */
const UNDO_AGAIN_FIRST_MS = SECOND_MS;
const UNDO_AGAIN_MOST_MS = 10 * SECOND_MS;

const logRestored = (logger: Logger, { lifted, notes, failed }: Restored): void => {
  for (const detail of notes) logger.warn('protection note', { detail });
  for (const detail of lifted) logger.warn('leftover undone', { detail });
  for (const detail of failed) logger.error('leftover not undone', { detail });
};

export class Leftovers {
  readonly #events = new Subject<InputEvent>();
  #failed = '';
  #timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly job: RestoreJob,
    private readonly logger: Logger,
  ) {}

  /** Never rejects. Undoes what others have left, now or, what cannot be undone yet, later. */
  static async undo(job: RestoreJob, logger: Logger): Promise<Leftovers> {
    const leftovers = new Leftovers(job, logger);
    const restored = await restore(job);
    logRestored(logger, restored);
    leftovers.#failed = restored.failed.join('; ');
    if (leftovers.#failed !== '') leftovers.#wait(UNDO_AGAIN_FIRST_MS);
    return leftovers;
  }

  /** Why nothing may be put in place yet; null: nothing is left. */
  get pending(): string | null {
    return this.#failed === '' ? null : `what a monitor before has left is not undone yet: ${this.#failed}`;
  }

  /** How it stands, as at the start nobody could listen yet, and what becomes of it. */
  get events(): Observable<InputEvent> {
    const stillLeft = defer(() => {
      const { pending } = this;
      return pending === null ? EMPTY : of<InputEvent>({ type: 'undo.failed', reason: pending });
    });
    return merge(stillLeft, this.#events);
  }

  /** One more try, and no further one. */
  stop(): void {
    clearTimeout(this.#timer);
    if (this.#failed !== '') this.#tryAgain();
  }

  #wait(ms: number): void {
    this.#timer = setTimeout(() => {
      this.#tryAgain();
      if (this.#failed !== '') this.#wait(Math.min(2 * ms, UNDO_AGAIN_MOST_MS));
    }, ms).unref();
  }

  /** Logs when something was undone, and when something else fails than before. */
  #tryAgain(): void {
    const before = this.#failed;
    const restored = restoreSync(this.job);
    this.#failed = restored.failed.join('; ');
    const isOther = this.#failed !== before;
    if (isOther || restored.lifted.length > 0) logRestored(this.logger, restored);
    if (this.#failed === '') this.#events.next({ type: 'undo.completed' });
    else if (isOther) this.#events.next({ type: 'undo.failed', reason: this.#failed });
  }
}
