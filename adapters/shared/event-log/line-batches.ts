/**
 * A segment's bytes as lines, at most 64 KiB at a time, so that a log of any size is read in little memory: a plain
 * file goes through one buffer, and no line outlives its batch.
 */
import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { codeOf } from '../node-error';
import { chunksOf, openRegularFile, READ_BYTES } from './regular-file';
import { MIB } from '../../../machines/shared/units';

/** The longest line that is read. Frames are 64 KiB at most; the state in log.opened is smaller than that. */
const LINE_BYTES = MIB;

/** Asked at the end of a plain file: resolves to true when it should be read on, to false when it is finished. */
export type AwaitMore = () => Promise<boolean>;

export interface BatchOptions {
  readonly awaitMore?: AwaitMore | undefined;
  /** Receives the length of what follows the last line end, if anything does. */
  readonly onTorn?: (bytes: number) => void;
}

const LINE_END = 0x0a;
const NOTHING = Buffer.alloc(0);

/** The running monitor may compress a segment between our look at the directory and the opening. */
const openPlainOrGzip = async (path: string): Promise<{ handle: FileHandle; gzip: boolean }> => {
  if (path.endsWith('.gz')) return { handle: await openRegularFile(path), gzip: true };
  try {
    return { handle: await openRegularFile(path), gzip: false };
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return { handle: await openRegularFile(`${path}.gz`), gzip: true };
  }
};

async function* plainChunks(handle: FileHandle, awaitMore: AwaitMore): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  do yield* chunksOf(handle, buffer);
  while (await awaitMore());
}

/** Errors of either stream reach the reader, who destroys both when it stops early. */
const unzippedChunks = (handle: FileHandle): AsyncIterable<Buffer> =>
  pipeline(
    handle.createReadStream({ highWaterMark: READ_BYTES }),
    createGunzip({ chunkSize: READ_BYTES }),
    () => undefined,
  );

/** Cuts bytes at their line ends; what is left over begins the next line. */
class LineCutter {
  private rest: Buffer = NOTHING;

  get restBytes(): number {
    return this.rest.length;
  }

  /** Throws on text without a line end for more than LINE_BYTES. */
  cut(chunk: Buffer): readonly Buffer[] {
    const lines: Buffer[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LINE_END); end >= 0; end = chunk.indexOf(LINE_END, start)) {
      lines.push(this.completed(chunk.subarray(start, end)));
      start = end + 1;
    }
    // A copy: the chunk's bytes will be others.
    this.rest = Buffer.concat([this.rest, chunk.subarray(start)]);
    if (this.rest.length > LINE_BYTES) throw new RangeError(`a line longer than ${LINE_BYTES} bytes`);
    return lines;
  }

  private completed(end: Buffer): Buffer {
    if (this.rest.length === 0) return end;
    const line = Buffer.concat([this.rest, end]);
    this.rest = NOTHING;
    return line;
  }
}

const NO_MORE: AwaitMore = () => Promise.resolve(false);

/**
 * Whole lines without their line ends; the next batch takes their bytes' place. Throws on file errors, on a damaged
 * gzip file, and on text without a line end for more than LINE_BYTES.
 */
export async function* lineBatches(
  path: string,
  { awaitMore = NO_MORE, onTorn }: BatchOptions = {},
): AsyncGenerator<readonly Buffer[]> {
  const { handle, gzip } = await openPlainOrGzip(path);
  const cutter = new LineCutter();
  try {
    let readBytes = 0;
    for await (const chunk of gzip ? unzippedChunks(handle) : plainChunks(handle, awaitMore)) {
      readBytes += chunk.length;
      yield cutter.cut(chunk);
    }
    // A torn line that its writer has cut off meanwhile is none.
    const cutBytes = gzip ? 0 : Math.max(0, readBytes - (await handle.stat()).size);
    const tornBytes = cutter.restBytes - cutBytes;
    if (tornBytes > 0) onTorn?.(tornBytes);
  } finally {
    await handle.close();
  }
}
