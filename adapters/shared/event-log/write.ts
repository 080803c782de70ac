/**
 * Writes the event log. Appending is synchronous and into memory; the disk is written
 * asynchronously, because a write to a busy disk can block for seconds, and a monitor that waits for
 * its log does not sense.
 *
 * What may be lost: a killed monitor loses the lines of the last 500 ms and none that reached the
 * kernel. A power cut or a crash of the VM also loses what the kernel had not written back yet
 * (about 30 s, vm.dirty_expire_centisecs); a segment is synced when it is closed and at an orderly exit.
 */
import { errorText } from '../../../machines/shared/error-text';
import { LOG_VERSION, type LogOpened, type Typed } from '../../../machines/shared/events/envelope';
import { withChecksum } from './checksum';
import type { ClaimedDirectory } from './claim';
import { LineBuffer, type Batch } from './line-buffer';
import { overflowReason } from './overflow';
import { SegmentChain } from './segment-chain';
import { MIB, SECOND_MS } from '../../../machines/shared/units';

/** A segment is closed at the first input past this size: some 16 minutes at 10 Hz, read in some 0.3 s at a restart. */
export const SEGMENT_BYTES = 8 * MIB;
/** A small log still has this many segments, so that the bound takes away a part of the history and not all. */
const SEGMENTS_AT_LEAST = 4;
/** Lines that wait for the disk: two minutes of samples at 10 Hz. A disk that stalls for longer loses events. */
const BUFFER_BYTES = MIB;
/**
 * Inputs reach the disk at the latest after this time, or with the next output. A write of its own for
 * each sample of 100 ms would cost a sixth of all that sampling costs.
 */
const FLUSH_MS = 500;
/**
 * An input that comes so long after the last flush takes the waiting ones with it: the process is awake
 * then, and need not be woken by a timer of the log's own. A little less than FLUSH_MS, so that the sample
 * comes before that timer.
 */
const FLUSH_WITH_INPUT_MS = 450;
/** After a failed write the next attempt: often enough to lose little, too seldom to load a sick disk. */
const RETRY_MS = 10 * SECOND_MS;

export interface LogWriterOptions {
  readonly directory: ClaimedDirectory;
  /** Bound of all files together (--event-log-max). */
  readonly maxBytes: number;
  /** As recoverEventLog says. */
  readonly lastSeq: number;
  readonly resumedAfter: number | null;
  /** The head of a segment that begins now; called within appendInput, before the input. */
  readonly head: (at: number) => LogOpened;
  /** Good and harmless news, one sentence each. */
  readonly onNote: (note: string) => void;
  /** Once per outage: why lines are being lost. */
  readonly onBroken: (reason: string) => void;
  /** Other bounds, for specs. */
  readonly segmentBytes?: number;
  readonly bufferBytes?: number;
  readonly retryMs?: number;
}

/** "trying": a new segment after an outage has been begun, but has not reached the disk yet. */
type Health = 'working' | 'broken' | 'trying';

export class LogWriter {
  private health: Health = 'working';
  private seq: number;
  private lastSeqOnDisk: number;
  /** Numbers are missing after lastSeqOnDisk: the next head must record it. */
  private hasGap: boolean;
  /** Bytes of the present segment, written or not; none has been begun yet. */
  private segmentFill = Infinity;
  private retryIsDue = false;
  private retryTimer: NodeJS.Timeout | undefined;
  /** `at` of the event that was last flushed at once. */
  private flushedAt = -Infinity;
  private flushTimer: NodeJS.Timeout | undefined;
  private flushImmediate: NodeJS.Immediate | undefined;
  private draining: Promise<void> | null = null;
  /** When the present write began, by the process' own clock; null: none is under way. */
  private writingSinceMs: number | null = null;
  private readonly buffer: LineBuffer;

  constructor(
    private readonly options: LogWriterOptions,
    private readonly segmentBytes: number,
    private readonly chain: SegmentChain,
  ) {
    this.seq = options.lastSeq;
    this.lastSeqOnDisk = options.resumedAfter ?? options.lastSeq;
    this.hasGap = options.resumedAfter !== null;
    this.buffer = new LineBuffer(options.bufferBytes ?? BUFFER_BYTES);
  }

  /** True while lines are dropped, until a new segment has reached the disk. */
  get broken(): boolean {
    return this.health !== 'working';
  }

  /** As appendOutput gives the event's seq, which counts on even while the log is broken. `at` in ms since the log began. */
  appendInput(at: number, event: Typed): number {
    // Only here, so that an input and its outputs stand in one segment.
    if (this.segmentIsDue()) this.beginSegment(at);
    this.append(at, event);
    if (at - this.flushedAt >= FLUSH_WITH_INPUT_MS) this.flushSoon(at);
    else this.flushTimer ??= setTimeout(() => void this.flush(), FLUSH_MS);
    return this.seq;
  }

  appendOutput(at: number, event: Typed): number {
    this.append(at, event);
    this.flushSoon(at);
    return this.seq;
  }

  /** Resolves when all lines appended so far are written or given up. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.flushTimer);
    clearImmediate(this.flushImmediate);
    this.flushTimer = undefined;
    this.flushImmediate = undefined;
    if (!this.buffer.isEmpty) this.draining ??= this.drain();
    return this.draining ?? Promise.resolve();
  }

  /**
   * Writes and syncs what is left and releases the directory; the last call to a writer. Never rejects,
   * but waits as long as the disk does: an exit with a deadline must not wait for it alone.
   */
  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.retryTimer);
    await this.chain
      .close()
      .finally(() => this.options.directory.release())
      .catch((error: unknown) => {
        this.options.onNote(`the log was not closed in good order: ${errorText(error)}`);
      });
  }

  /** Once this turn of the event loop is over. */
  private flushSoon(at: number): void {
    this.flushedAt = at;
    this.flushImmediate ??= setImmediate(() => void this.flush());
  }

  private segmentIsDue(): boolean {
    // While a write still hangs nobody knows yet which seq is the last on the disk.
    if (this.health === 'broken') return this.retryIsDue && this.draining === null;
    return this.segmentFill >= this.segmentBytes;
  }

  private beginSegment(at: number): void {
    const resumed = this.hasGap ? { resumedAfter: this.lastSeqOnDisk } : {};
    if (this.health === 'broken') this.health = 'trying';
    this.hasGap = false;
    this.segmentFill = 0;
    this.append(at, { ...this.options.head(at), ...resumed }, 'new');
  }

  private append(at: number, event: Typed, to: 'same' | 'new' = 'same'): void {
    this.seq += 1;
    const line = `${withChecksum(JSON.stringify({ v: LOG_VERSION, seq: this.seq, at, event }))}\n`;
    const lineBytes = Buffer.byteLength(line);
    this.segmentFill += lineBytes;
    if (this.health === 'broken' || this.buffer.push(this.seq, line, to)) return;
    const { bytes: bufferedBytes, maxBytes } = this.buffer;
    const writingMs = this.writingSinceMs === null ? 0 : performance.now() - this.writingSinceMs;
    this.giveUp(overflowReason({ lineBytes, bufferedBytes, maxBytes, writingMs }));
  }

  private async drain(): Promise<void> {
    // NB: at least one write is awaited, so that `draining` has been set when it is taken back at the end.
    for (let batch = this.buffer.take(); batch !== null; batch = this.buffer.take()) {
      this.writingSinceMs = performance.now();
      try {
        if (batch.opensSegment) await this.chain.begin(batch.firstSeq);
        await this.chain.append(batch.lines);
        this.written(batch);
      } catch (error) {
        this.giveUp(errorText(error));
        // Without success the chain tries again at the next segment, and that attempt fails as a whole.
        await this.chain.finishActive().catch(() => undefined);
      }
    }
    this.writingSinceMs = null;
    this.draining = null;
  }

  private written(batch: Batch): void {
    const lostLines = batch.firstSeq - 1 - this.lastSeqOnDisk;
    this.lastSeqOnDisk = batch.lastSeq;
    if (this.health !== 'trying') return;
    this.health = 'working';
    this.options.onNote(`the event log works again; ${lostLines} lines were lost`);
  }

  private giveUp(reason: string): void {
    const isNews = this.health === 'working';
    this.health = 'broken';
    this.hasGap = true;
    this.buffer.clear();
    this.retryIsDue = false;
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => {
      this.retryIsDue = true;
    }, this.options.retryMs ?? RETRY_MS).unref();
    if (isNews) this.options.onBroken(reason);
  }
}

/** A log that goes on after `lastSeq`. Its first input begins a segment; nothing is written before that. */
export const openLogWriter = async (options: LogWriterOptions): Promise<LogWriter> => {
  const {
    maxBytes,
    onNote,
    segmentBytes = Math.min(SEGMENT_BYTES, Math.floor(maxBytes / SEGMENTS_AT_LEAST)),
  } = options;
  const chain = await SegmentChain.open({ dir: options.directory.dir, maxBytes, segmentBytes, onNote });
  return new LogWriter(options, segmentBytes, chain);
};
