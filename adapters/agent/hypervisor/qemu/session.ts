/**
 * One connection to QEMU's monitor socket: greeting, capabilities, then commands with ids. Whatever breaks
 * the protocol ends it (a line too long, a line that is none, an answer to nothing, no answer in time),
 * because what comes after that cannot be trusted.
 */
import { connect, type Socket } from 'node:net';
import * as E from 'fp-ts/Either';
import { BoundedLines } from './bounded-lines';
import { NEGOTIATE, type QmpCommand } from './commands';
import { type QmpEvent, type QmpMessage, readMessage } from './messages';
import { MIB } from '../../../../machines/shared/units';

/** The longest answer lists every CPU slot in some 150 bytes; this holds 7000 of them. */
export const MAX_QMP_LINE_BYTES = MIB;
/** QEMU's own ids go to 255 characters, kernel errors to a few hundred. */
const MAX_QMP_REASON_CHARS = 400;
export interface QmpTiming {
  /** From connect() to the end of capabilities negotiation. */
  readonly connectMs: number;
  /** From a command to its answer. QEMU answers within 1 ms; its main loop may be busy for a second. */
  readonly commandMs: number;
  /** One call of the driver, whatever number of commands it takes; the time it waits for others included. */
  readonly callMs: number;
  /** After a lost connection; doubles up to the longest while none can be made. */
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

export interface QmpSessionHandlers {
  readonly onEvent: (event: QmpEvent) => void;
  /** Once, when an open session has ended. */
  readonly onEnd: (reason: string) => void;
}

type Answer = E.Either<string, unknown>;
interface Awaited {
  readonly settle: (answer: Answer) => void;
  readonly patience: NodeJS.Timeout;
}

/** The greeting is awaited like an answer; commands begin at 1. */
const GREETING_ID = 0;

export class QmpSession {
  readonly #socket: Socket;
  readonly #lines = new BoundedLines(MAX_QMP_LINE_BYTES);
  readonly #awaited = new Map<number, Awaited>();
  #lastId = GREETING_ID;
  #ended: string | null = null;
  #isOpen = false;

  private constructor(
    private readonly path: string,
    private readonly handlers: QmpSessionHandlers,
  ) {
    this.#socket = connect(path);
    this.#socket.on('data', (chunk) => {
      this.#take(chunk);
    });
    this.#socket.on('error', ({ message }) => {
      this.end(message);
    });
    this.#socket.on('close', () => {
      this.end('QEMU has closed the connection');
    });
  }

  /** Right: ready for commands. Left: why not; nothing is left open. */
  static async open(
    path: string,
    handlers: QmpSessionHandlers,
    timing: QmpTiming,
  ): Promise<E.Either<string, QmpSession>> {
    const session = new QmpSession(path, handlers);
    const greeted = await session.#await(GREETING_ID, timing.connectMs, 'no greeting (does another client hold it?)');
    const agreed = E.isLeft(greeted) ? greeted : await session.execute(NEGOTIATE, timing.connectMs);
    if (E.isLeft(agreed)) {
      session.end('not agreed');
      return agreed;
    }
    session.#isOpen = true;
    return E.right(session);
  }

  /** One command and its answer, within `withinMs`. */
  async execute<A>(command: QmpCommand<A>, withinMs: number): Promise<E.Either<string, A>> {
    if (this.#ended !== null) return E.left(this.#ended);
    const { execute } = command;
    const id = (this.#lastId += 1);
    const answered = this.#await(id, withinMs, `no answer to ${execute}`);
    this.#socket.write(`${JSON.stringify({ execute, id, arguments: command.arguments })}\n`);
    const answer = await answered;
    if (E.isLeft(answer)) return E.left(`${execute}: ${answer.left}`.slice(0, MAX_QMP_REASON_CHARS));
    return E.mapLeft(() => `${execute}: ${this.path}: the answer has another shape than this build knows`)(
      command.answer.decode(answer.right),
    );
  }

  /** Ends it for `reason`; all that waits is rejected. */
  end(reason: string): void {
    if (this.#ended !== null) return;
    this.#ended = `${this.path}: ${reason}`;
    this.#socket.destroy();
    for (const id of [...this.#awaited.keys()]) this.#settle(id, E.left(this.#ended));
    if (this.#isOpen) this.handlers.onEnd(this.#ended);
  }

  #await(id: number, withinMs: number, silence: string): Promise<Answer> {
    return new Promise((settle) => {
      const patience = setTimeout(() => {
        this.end(`${silence} within ${Math.round(withinMs)} ms`);
      }, withinMs);
      this.#awaited.set(id, { settle, patience });
    });
  }

  /** False: nobody waits for it. */
  #settle(id: number, answer: Answer): boolean {
    const awaited = this.#awaited.get(id);
    if (awaited === undefined) return false;
    this.#awaited.delete(id);
    clearTimeout(awaited.patience);
    awaited.settle(answer);
    return true;
  }

  #take(chunk: Buffer): void {
    const lines = this.#lines.take(chunk);
    if (lines === null) this.end(`a line of more than ${MAX_QMP_LINE_BYTES} bytes`);
    for (const line of lines ?? []) {
      if (this.#ended !== null) return;
      const message = readMessage(line);
      if (E.isLeft(message)) this.end(message.left);
      else this.#handle(message.right);
    }
  }

  #handle(message: QmpMessage): void {
    switch (message.kind) {
      case 'event':
        this.handlers.onEvent(message);
        return;
      case 'greeting':
        if (!this.#settle(GREETING_ID, E.right(undefined))) this.end('a second greeting');
        return;
      case 'returned':
        if (!this.#settle(message.id, E.right(message.value))) this.end(`an answer to nothing, id ${message.id}`);
        return;
      case 'refused':
        if (message.id === null || !this.#settle(message.id, E.left(message.reason))) this.end(message.reason);
    }
  }
}
