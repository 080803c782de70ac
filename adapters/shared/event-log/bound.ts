/**
 * Keeps all files of the log together within its bound. Nothing is written before there is room for
 * it: the oldest files are removed first, and what was freed is then spent write by write.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../node-error';
import { gzipName, listLogFiles, sizeOf, type LogFile } from './segments';

/** Makes room for `bytes` more in segment `activeSeq`, which itself is never removed. */
export type MakeRoom = (bytes: number, activeSeq: number) => Promise<void>;

interface Bound {
  readonly dir: string;
  readonly maxBytes: number;
  readonly segmentBytes: number;
  /** Ends all work on a segment before it is removed. */
  readonly abandon: (firstSeq: number) => Promise<void>;
}

/** Share of a segment kept free for its compressed copy, which stands beside it for a moment (a tenth or less). */
const COPY_SHARE = 1 / 8;

/** Share of a segment that is freed at a time, so that the directory is not looked at for every write. */
const STEP_SHARE = 1 / 16;

export const boundedRoom = ({ dir, maxBytes, segmentBytes, abandon }: Bound): MakeRoom => {
  let roomBytes = 0;

  const remove = async ({ name, firstSeq }: LogFile): Promise<void> => {
    await abandon(firstSeq);
    await rm(join(dir, name), { force: true }).catch((error: unknown) => {
      // One that was found in a segment's place and set aside: it is somebody's, and no file of the log.
      if (codeOf(error) !== 'ERR_FS_EISDIR') throw error;
    });
    await rm(join(dir, gzipName(firstSeq)), { force: true }); // It may just have been compressed.
  };

  const shrinkTo = async (limitBytes: number, activeSeq: number): Promise<void> => {
    const files = await listLogFiles(dir);
    const sizes = await Promise.all(files.map((file) => sizeOf(dir, file)));
    let totalBytes = sizes.reduce((sum, size) => sum + size, 0);
    for (const [i, file] of files.entries()) {
      if (totalBytes <= limitBytes || file.firstSeq >= activeSeq) return;
      await remove(file);
      totalBytes -= sizes[i] ?? 0;
    }
  };

  return async (bytes, activeSeq) => {
    if (bytes > roomBytes) {
      const wantedBytes = Math.max(bytes, segmentBytes * STEP_SHARE);
      await shrinkTo(maxBytes - segmentBytes * COPY_SHARE - wantedBytes, activeSeq);
      roomBytes = wantedBytes;
    }
    roomBytes -= bytes;
  };
};
