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

export interface AnswerWatch {
  /** A statement begins; counting starts anew. */
  begin(): void;
  /** Takes the next bytes. Null: they may be passed on; else why neither they nor any later ones may. */
  take(chunk: Buffer): string | null;
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

export const createAnswerWatch = (bounds: AnswerBounds): AnswerWatch => {
  let taken = { ...NOTHING };
  let message = new Message();

  const excess = (): string | null => {
    if (taken.rows > bounds.rows) return `more than ${bounds.rows} rows in one answer`;
    if (taken.messages > bounds.messages) return `more than ${bounds.messages} messages in one answer`;
    return taken.bytes > bounds.bytes ? `more than ${formatBytes(bounds.bytes)} in one answer` : null;
  };

  const openMessage = (): string | null => {
    const { type, length } = message;
    if (length < LENGTH_BYTES) return `a message with a length of ${length}`;
    if (length > bounds.messageBytes)
      return `a message of ${length} bytes; at most ${formatBytes(bounds.messageBytes)} is taken`;
    taken.messages += 1;
    if (type === DATA_ROW) taken.rows += 1;
    message.beginBody();
    return excess();
  };

  const closeMessage = (): string | null => {
    const isWhole = message.endsAsItMust;
    message = new Message();
    return isWhole ? null : 'an error or a notice without an end';
  };

  /** Takes the head, or what is there of the body; returns how far it came. */
  const step = (piece: Buffer): { readonly bytes: number; readonly wrong: string | null } => {
    const hadHead = message.hasHead;
    const bytes = hadHead ? message.takeBody(piece) : message.takeHead(piece);
    taken.bytes += bytes;
    let wrong = !hadHead && message.hasHead ? openMessage() : excess();
    if (wrong === null && message.hasHead && message.bodyLeft === 0) wrong = closeMessage();
    return { bytes, wrong };
  };

  return {
    begin: () => {
      taken = { ...NOTHING };
    },
    take: (chunk) => {
      for (let offset = 0; offset < chunk.length;) {
        const { bytes, wrong } = step(chunk.subarray(offset));
        if (wrong !== null) return `Postgres sent ${wrong}`;
        offset += bytes;
      }
      return null;
    },
  };
};
