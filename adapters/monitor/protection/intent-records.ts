/**
 * Holds what is ours at this moment, on disk (intent.ts) and watched by the watchdog process. Whoever puts
 * something in place records it first, and removes the record after it has undone it. So if we die between
 * any two steps, what is in place is recorded; what is recorded and not in place does no harm.
 */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { createQueue } from '../../shared/queue';
import { attempt, inWords } from './attempt';
import type { ActuatorFiles } from './files';
import { type Intent, intentText, isNothing, NOTHING, MAX_INTENT_BYTES } from './intent';

/** Work on one file that may wait: the statechart has one command under way, and the rest is our own. */
export const MAX_WAITING = 16;

/** No limit without a watchdog process in force (watchdog.ts). */
export interface Watchkeeper {
  /** Right once the watchdog process would undo what we put in place. At once where it is so already. */
  watch(): Promise<Either<string, void>>;
  /** For each `watch` that was right, when what it was for is undone. */
  rest(): void;
}

export interface IntentRecordOptions {
  readonly intentFile: string;
  readonly files: ActuatorFiles;
  readonly watchdog: Watchkeeper;
  /** One word that names this run of the monitor; the watchdog process knows it. */
  readonly session: string;
  /** Why nothing may be put in place yet, as the intent record on disk is that of a monitor before (leftovers.ts); null: it may. */
  readonly pending?: () => string | null;
}

export class IntentRecords {
  readonly #queue = createQueue(MAX_WAITING);
  #intent: Intent = NOTHING;
  #watched = false;

  constructor(private readonly options: IntentRecordOptions) {}

  /** Why nothing may be put in place yet; null: it may. */
  get pending(): string | null {
    return this.options.pending?.() ?? null;
  }

  /** What is recorded. */
  get intent(): Intent {
    return this.#intent;
  }

  /**
   * Replaces the entries that `changes` names. To be called, and awaited, before something is put in
   * place, and again after it was undone. Left: nothing has changed, and what was to be put in place
   * must not be.
   */
  async record(changes: Partial<Intent>): Promise<Either<string, void>> {
    const noted = await this.#queue.run(() => this.#note({ ...this.#intent, ...changes }));
    return noted ?? E.left(`${this.options.intentFile}: more than ${MAX_WAITING} intent records wait already`);
  }

  async #note(intent: Intent): Promise<Either<string, void>> {
    const { pending } = this;
    // Not even removed: the intent record on disk is not ours.
    if (pending !== null) return isNothing(intent) ? E.right(undefined) : E.left(pending);
    const written = isNothing(intent) ? await this.#remove() : await this.#write(intent);
    if (E.isRight(written)) this.#intent = intent;
    return written;
  }

  async #write(intent: Intent): Promise<Either<string, void>> {
    const { intentFile, files, watchdog, session } = this.options;
    const text = intentText(session, intent);
    if (Buffer.byteLength(text) > MAX_INTENT_BYTES)
      return E.left(`${intentFile}: longer than ${MAX_INTENT_BYTES} bytes`);
    const watched = await watchdog.watch();
    if (E.isLeft(watched)) return watched;
    // One watch for all entries. It was asked for again, as the watchdog process may be another one by now.
    if (this.#watched) watchdog.rest();
    this.#watched = true;
    return inWords(await attempt(intentFile, () => files.replaceFile(intentFile, text)));
  }

  async #remove(): Promise<Either<string, void>> {
    const { intentFile, files, watchdog } = this.options;
    const removed = await attempt(intentFile, () => files.removeFile(intentFile));
    if (E.isLeft(removed)) return inWords(removed);
    if (this.#watched) watchdog.rest();
    this.#watched = false;
    return E.right(undefined);
  }
}
