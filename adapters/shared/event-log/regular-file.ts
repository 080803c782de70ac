/** Opens files that may be anything: who opens a FIFO waits for its other end, and a device may do anything. */
import type { Stats } from 'node:fs';
import { constants, open, stat, type FileHandle } from 'node:fs/promises';
import { KIB } from '../../../machines/shared/units';

/** Chunks in which segments are read. */
export const READ_BYTES = 64 * KIB;

const KINDS: readonly (readonly [name: string, is: (stats: Stats) => boolean])[] = [
  ['a directory', (stats) => stats.isDirectory()],
  ['a FIFO', (stats) => stats.isFIFO()],
  ['a socket', (stats) => stats.isSocket()],
  ['a device', (stats) => stats.isCharacterDevice() || stats.isBlockDevice()],
];

const kindOf = (stats: Stats): string => KINDS.find(([, is]) => is(stats))?.[0] ?? 'something else';

/** For reading. Throws on errors of the file system, and for all that is no regular file or a link to one. */
export const openRegularFile = async (path: string): Promise<FileHandle> => {
  const stats = await stat(path);
  if (!stats.isFile()) throw new Error(`expected a regular file, found ${kindOf(stats)}`);
  // O_NONBLOCK: should it be replaced by a FIFO this very moment, opening it still does not wait.
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK);
};

/** The bytes from where the handle stands to the present end, in pieces, each of which takes the place of the one before. */
export async function* chunksOf(
  handle: FileHandle,
  buffer = Buffer.allocUnsafeSlow(READ_BYTES),
): AsyncGenerator<Buffer> {
  for (;;) {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}
