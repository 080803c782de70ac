/** Lines that wait for the disk, in batches: one batch is one write, and never spans two segments. */

export interface Batch {
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** The batch begins with log.opened: a new segment is made for it. */
  readonly opensSegment: boolean;
  readonly lines: Buffer;
}

type WaitingBatch = Omit<Batch, 'lastSeq' | 'lines'> & { lastSeq: number; readonly lines: string[] };

export class LineBuffer {
  private waiting: WaitingBatch[] = [];
  private waitingBytes = 0;
  private inFlightBytes = 0;

  /** `maxBytes` bounds what waits and what is being written, together. */
  constructor(readonly maxBytes: number) {}

  /** What waits and what is being written, together. */
  get bytes(): number {
    return this.waitingBytes + this.inFlightBytes;
  }

  /** True when nothing waits. */
  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** `to` the segment that is written when its turn comes, or a new one. False, and nothing added, when it is too much. */
  push(seq: number, line: string, to: 'same' | 'new'): boolean {
    const bytes = Buffer.byteLength(line);
    if (this.bytes + bytes > this.maxBytes) return false;
    this.waitingBytes += bytes;
    const last = this.waiting.at(-1);
    if (to === 'new' || last === undefined) {
      this.waiting.push({ firstSeq: seq, lastSeq: seq, opensSegment: to === 'new', lines: [line] });
    } else {
      last.lastSeq = seq;
      last.lines.push(line);
    }
    return true;
  }

  /** The next batch to write; the room of the one before it is free again. */
  take(): Batch | null {
    const batch = this.waiting.shift();
    const lines = Buffer.from(batch?.lines.join('') ?? '');
    this.inFlightBytes = lines.length;
    this.waitingBytes -= lines.length;
    return batch === undefined ? null : { ...batch, lines };
  }

  /** Forgets what waits; what was taken is not touched. */
  clear(): void {
    this.waiting = [];
    this.waitingBytes = 0;
  }
}
