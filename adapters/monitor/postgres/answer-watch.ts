/**
 * Watches what Postgres sends, before pg keeps it: pg's parser takes whatever length a message declares, keeps all
 * rows, and looks for ever for the end of an error that has none. Framing is PostgreSQL's ("Message Formats" in its
 * manual): a type of one byte, then a length of four that counts itself.
 */
import { formatBytes } from '../../../machines/shared/format';

/** What may come from the beginning of one statement (or of the login) to that of the next. */
export interface AnswerBounds {
  /** Of one message, by its own declaration. */
  readonly messageBytes: number;
  readonly bytes: number;
  readonly messages: number;
  readonly rows: number;
}

const TYPE_BYTES = 1;
const LENGTH_BYTES = 4;
const DATA_ROW = 'D'.charCodeAt(0);

/** Lists of fields that end with an empty one: pg reads on until it finds that. */
const FIELD_LISTS: ReadonlySet<number> = new Set(['E', 'N'].map((type) => type.charCodeAt(0)));
/** Only the end of a field's text and the empty field can be the last two bytes. */
const LIST_END = Buffer.from([0, 0]);
/** Before a body: the empty field alone ends a list, and no body at all does not. */
const NO_BODY = Buffer.from([1, 0]);

const NOTHING = { bytes: 0, messages: 0, rows: 0 };

/** One message as it comes in, in pieces. */
class Message {
  readonly head = Buffer.alloc(TYPE_BYTES + LENGTH_BYTES);
  readonly tail = Buffer.from(NO_BODY);
  headBytes = 0;
  bodyLeft = 0;

  get type(): number {
    return this.head.readUInt8(0);
  }
  get length(): number {
    return this.head.readInt32BE(TYPE_BYTES);
  }

  /** Copies what `piece` has of the head; returns how much that was. */
  takeHead(piece: Buffer): number {
    const taken = piece.copy(this.head, this.headBytes);
    this.headBytes += taken;
    return taken;
  }
  get hasHead(): boolean {
    return this.headBytes === this.head.length;
  }

  beginBody(): void {
    this.bodyLeft = this.length - LENGTH_BYTES;
  }
  /** Passes over what `piece` has of the body, but for its last bytes; returns how much that was. */
  takeBody(piece: Buffer): number {
    const body = piece.subarray(0, this.bodyLeft);
    const kept = body.subarray(-this.tail.length);
    this.tail.copyWithin(0, kept.length);
    kept.copy(this.tail, this.tail.length - kept.length);
    this.bodyLeft -= body.length;
    return body.length;
  }
  get endsAsItMust(): boolean {
    return !FIELD_LISTS.has(this.type) || this.tail.equals(LIST_END);
  }
}

export class AnswerWatch {
  #taken = { ...NOTHING };
  #message = new Message();

  constructor(private readonly bounds: AnswerBounds) {}

  /** A statement begins; counting starts anew. */
  begin(): void {
    this.#taken = { ...NOTHING };
  }

  /** Takes the next bytes. Null: they may be passed on; else why neither they nor any later ones may. */
  take(chunk: Buffer): string | null {
    for (let offset = 0; offset < chunk.length;) {
      const { bytes, wrong } = this.#step(chunk.subarray(offset));
      if (wrong !== null) return `Postgres sent ${wrong}`;
      offset += bytes;
    }
    return null;
  }

  /** Takes the head, or what is there of the body; returns how far it came. */
  #step(piece: Buffer): { readonly bytes: number; readonly wrong: string | null } {
    const hadHead = this.#message.hasHead;
    const message = this.#message;
    const bytes = hadHead ? message.takeBody(piece) : message.takeHead(piece);
    this.#taken.bytes += bytes;
    let wrong = !hadHead && message.hasHead ? this.#openMessage() : this.#excess();
    if (wrong === null && message.hasHead && message.bodyLeft === 0) {
      wrong = message.endsAsItMust ? null : 'an error or a notice without an end';
      this.#message = new Message();
    }
    return { bytes, wrong };
  }

  #openMessage(): string | null {
    const { type, length } = this.#message;
    const { messageBytes } = this.bounds;
    if (length < LENGTH_BYTES) return `a message with a length of ${length}`;
    if (length > messageBytes) return `a message of ${length} bytes; at most ${formatBytes(messageBytes)} is taken`;
    this.#taken.messages += 1;
    if (type === DATA_ROW) this.#taken.rows += 1;
    this.#message.beginBody();
    return this.#excess();
  }

  #excess(): string | null {
    const { bounds } = this;
    const { bytes, messages, rows } = this.#taken;
    if (rows > bounds.rows) return `more than ${bounds.rows} rows in one answer`;
    if (messages > bounds.messages) return `more than ${bounds.messages} messages in one answer`;
    return bytes > bounds.bytes ? `more than ${formatBytes(bounds.bytes)} in one answer` : null;
  }
}
