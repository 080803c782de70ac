/**
 * Compresses closed segments in the background, one at a time, on zlib's threads. The compressed file
 * gets its name only when it is complete and on the disk; the plain one goes after that, so that a
 * crash at any point leaves at least one whole file.
 */
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip, type Gzip } from 'node:zlib';
import { errorText } from '../../../machines/shared/error-text';
import { chunksOf, openRegularFile } from './regular-file';
import { gzipName, plainName, tempName } from './segments';

/**
 * Level 9 takes 0.1 to 0.4 s for a segment of 16 minutes, and makes room for a longer history. The
 * strategy is zlib's for small numbers that vary at random between text that repeats: 3 % smaller.
 */
const GZIP = { level: 9, strategy: constants.Z_FILTERED };

/** Files and directories alike. */
const syncToDisk = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
};

/** Ends when the bytes have been compressed, and their buffer may take others. */
const feed = (gzip: Gzip, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    gzip.write(bytes, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });

/** Through one buffer. A stream of the file would leave a buffer for each piece: 8 MB until they are collected. */
const feedFile = async (path: string, gzip: Gzip, signal: AbortSignal): Promise<void> => {
  const handle = await openRegularFile(path);
  try {
    for await (const chunk of chunksOf(handle)) {
      signal.throwIfAborted();
      await feed(gzip, chunk);
    }
    gzip.end();
  } finally {
    await handle.close();
  }
};

const gzipFile = async (plain: string, temp: string, signal: AbortSignal): Promise<void> => {
  const gzip = createGzip(GZIP);
  const written = pipeline(gzip, createWriteStream(temp, { mode: 0o600 }), { signal });
  const fed = feedFile(plain, gzip, signal).catch((error: unknown) => {
    // The other half ends with it, and reports.
    gzip.destroy(error instanceof Error ? error : new Error(errorText(error)));
  });
  await Promise.all([written, fed]);
};

const compress = async (dir: string, firstSeq: number, signal: AbortSignal): Promise<void> => {
  const plain = join(dir, plainName(firstSeq));
  const temp = join(dir, tempName(firstSeq));
  try {
    await gzipFile(plain, temp, signal);
    await syncToDisk(temp);
    signal.throwIfAborted();
    await rename(temp, join(dir, gzipName(firstSeq)));
    await syncToDisk(dir); // The new name is on the disk before the old one goes.
    await rm(plain);
  } finally {
    await rm(temp, { force: true });
  }
};

export class Compressor {
  private queue: readonly number[] = [];
  private running: { firstSeq: number; abort: AbortController; done: Promise<void> } | null = null;

  /** `onNote` is called for a segment that could not be compressed; it stays plain until the next start. */
  constructor(
    private readonly dir: string,
    private readonly onNote: (note: string) => void,
  ) {}

  /** Takes a closed segment, named by its first seq. */
  enqueue(firstSeq: number): void {
    this.queue = [...this.queue, firstSeq];
    this.compressNext();
  }

  /** Ends the work on a segment that is about to be removed. */
  async abandon(firstSeq: number): Promise<void> {
    this.queue = this.queue.filter((queued) => queued !== firstSeq);
    if (this.running?.firstSeq === firstSeq) await this.endRunning();
  }

  /** Ends all work at once; what is left is taken up at the next start. */
  async stop(): Promise<void> {
    this.queue = [];
    await this.endRunning();
  }

  private compressNext(): void {
    const [firstSeq] = this.queue;
    if (this.running !== null || firstSeq === undefined) return;
    this.queue = this.queue.slice(1);
    const abort = new AbortController();
    const done = compress(this.dir, firstSeq, abort.signal)
      .catch((error: unknown) => {
        if (!abort.signal.aborted) this.onNote(`${plainName(firstSeq)} is not compressed: ${errorText(error)}`);
      })
      .then(() => {
        this.running = null;
        this.compressNext();
      });
    this.running = { firstSeq, abort, done };
  }

  private async endRunning(): Promise<void> {
    this.running?.abort.abort();
    await this.running?.done;
  }
}
