/**
 * Log lines to a file descriptor without ever waiting for its reader. Node writes to a pipe
 * synchronously, so a collector that stops reading would stop the monitor with it; here a write that
 * hangs holds one thread of the pool and no more. Lines beyond the bound are dropped and counted.
 */
import { write } from 'node:fs';

/** What a reader may be behind: thousands of lines, hours of a calm monitor. */
export const PENDING_MAX_CHARS = 256 * 1024;
/** A descriptor that somebody else made non-blocking and that is full: looked at again after this. */
const RETRY_MS = 10;

export class Output {
  private pending: string[] = [];
  private pendingChars = 0;
  private dropped = 0;
  private writing: Promise<void> | null = null;

  constructor(private readonly fd: number) {}

  /** Takes one line without its newline; never throws, never waits. */
  readonly writeLine = (line: string): void => {
    if (this.pendingChars + line.length > PENDING_MAX_CHARS) {
      this.dropped += 1;
      return;
    }
    this.pending.push(`${line}\n`);
    this.pendingChars += line.length + 1;
    this.writing ??= this.drain();
  };

  /** Resolves when all lines so far are written or given up. */
  flushed(): Promise<void> {
    return this.writing ?? Promise.resolve();
  }

  private takeAll(): Buffer {
    const note = this.dropped === 0 ? '' : `(${this.dropped} log lines were dropped: nobody read them)\n`;
    const bytes = Buffer.from(this.pending.join('') + note);
    this.pending = [];
    this.pendingChars = 0;
    this.dropped = 0;
    return bytes;
  }

  private async drain(): Promise<void> {
    // NB: the first await lets `writing` be set before it is taken back.
    await Promise.resolve();
    while (this.pending.length > 0) await this.writeAll(this.takeAll());
    this.writing = null;
  }

  /** A reader that is gone (EPIPE) is no reason to stop: what it would have read is given up. */
  private writeAll(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      write(this.fd, bytes, (error, written) => {
        if (error !== null && error.code === 'EAGAIN')
          setTimeout(() => void this.writeAll(bytes).then(resolve), RETRY_MS);
        else if (error !== null || written === bytes.length) resolve();
        else void this.writeAll(bytes.subarray(written)).then(resolve);
      });
    });
  }
}
