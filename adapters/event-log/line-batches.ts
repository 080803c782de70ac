/** A segment's bytes as lines, some 64 KiB at a time, so that a log of any size is read in little memory. */
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { hasCode } from './fault';
import { LINE_BYTES, READ_BYTES } from './limits';

/** Whole lines without their line ends. `tornBytes`: what follows the last line end; only on the last batch. */
export interface LineBatch {
  readonly lines: readonly string[];
  readonly tornBytes: number;
}

const LINE_END = 0x0a;

/** The running monitor may compress a segment between our look at the directory and the opening. */
const openPlainOrGzip = async (path: string): Promise<{ source: Readable; gzip: boolean }> => {
  const reading = async (file: string) => (await open(file, 'r')).createReadStream({ highWaterMark: READ_BYTES });
  if (path.endsWith('.gz')) return { source: await reading(path), gzip: true };
  try {
    return { source: await reading(path), gzip: false };
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    return { source: await reading(`${path}.gz`), gzip: true };
  }
};

const openBytes = async (path: string): Promise<Readable> => {
  const { source, gzip } = await openPlainOrGzip(path);
  if (!gzip) return source;
  // Errors of either stream reach the reader, who destroys both when it stops early.
  return pipeline(source, createGunzip({ chunkSize: READ_BYTES }), () => undefined);
};

/** Throws on file errors, on a damaged gzip file, and on text without a line end for more than LINE_BYTES. */
export async function* lineBatches(path: string): AsyncGenerator<LineBatch> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of (await openBytes(path)) as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(LINE_END);
    if (end >= 0) {
      // Cut at a line end, so that no character of several bytes is torn apart.
      const text = Buffer.concat([rest, chunk.subarray(0, end)]).toString('utf8');
      rest = chunk.subarray(end + 1);
      yield { lines: text.split('\n'), tornBytes: 0 };
    } else {
      rest = Buffer.concat([rest, chunk]);
    }
    if (rest.length > LINE_BYTES) throw new RangeError(`a line longer than ${LINE_BYTES} bytes`);
  }
  yield { lines: [], tornBytes: rest.length };
}
