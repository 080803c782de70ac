/** A session that is opened again and again, with a back-off that doubles while none can be had. */
import * as E from 'fp-ts/Either';
import type { QmpCommand } from './commands';
import type { QmpEvent } from './messages';
import { QmpSession, type QmpTiming } from './session';

export class QmpLink {
  /** The attempt under way or the session it led to; Left between two attempts. */
  #session: Promise<E.Either<string, QmpSession>>;
  #retry: NodeJS.Timeout | undefined;
  #retryMs: number;
  #isClosed = false;

  constructor(
    private readonly path: string,
    private readonly timing: QmpTiming,
    private readonly onEvent: (event: QmpEvent) => void,
  ) {
    this.#retryMs = timing.firstRetryMs;
    this.#session = this.#begin();
  }

  /** Waits for an attempt to connect that is under way; between two attempts it is Left at once. */
  async execute<A>(command: QmpCommand<A>, deadlineAt: number): Promise<E.Either<string, A>> {
    const session = await this.#session;
    if (E.isLeft(session)) return session;
    const leftMs = deadlineAt - performance.now();
    if (leftMs <= 0) return E.left(`${this.path}: no time left for ${command.execute}`);
    return session.right.execute(command, Math.min(leftMs, this.timing.commandMs));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    const session = await this.#session;
    this.#session = Promise.resolve(E.left(`${this.path}: closed`));
    if (E.isRight(session)) session.right.end('closed');
  }

  async #begin(): Promise<E.Either<string, QmpSession>> {
    const opened = await QmpSession.open(this.path, { onEvent: this.onEvent, onEnd: this.#lose }, this.timing);
    if (E.isRight(opened)) this.#retryMs = this.timing.firstRetryMs;
    else this.#later();
    return opened;
  }

  readonly #lose = (reason: string): void => {
    this.#session = Promise.resolve(E.left(reason));
    this.#later();
  };

  #later(): void {
    if (this.#isClosed) return;
    this.#retry = setTimeout(() => {
      this.#session = this.#begin();
    }, this.#retryMs);
    this.#retryMs = Math.min(2 * this.#retryMs, this.timing.longestRetryMs);
  }
}
