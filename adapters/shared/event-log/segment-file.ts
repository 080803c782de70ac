/** The file of one segment while it is written. */
import { open, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { plainName } from './segments';

export interface SegmentFile {
  readonly firstSeq: number;
  /** Writes whole lines. Throws on a failed write; the file then ends within a line until `finish`. */
  append(lines: Buffer): Promise<void>;
  /**
   * Puts the file on the disk and closes it. After a failed write the partial line is cut off, and a
   * file without a whole line is removed. Throws when that fails, and may be called again then.
   * Resolves to true when a segment is left.
   */
  finish(): Promise<boolean>;
}

/** Makes the file of a new segment, mode 0600. Throws when it cannot be made or is there already. */
export const createSegmentFile = async (dir: string, firstSeq: number): Promise<SegmentFile> => {
  const path = join(dir, plainName(firstSeq));
  const handle = await open(path, 'ax', 0o600);
  let wholeBytes = 0;
  let damaged = false;

  const orDamaged = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      damaged = true;
      throw error;
    }
  };

  return {
    firstSeq,
    append: async (lines) => {
      await orDamaged(handle.appendFile(lines));
      wholeBytes += lines.length;
    },
    finish: async () => {
      if (!damaged && wholeBytes > 0) await orDamaged(handle.sync());
      await handle.close();
      if (wholeBytes === 0) await unlink(path);
      else if (damaged) await truncate(path, wholeBytes);
      return wholeBytes > 0;
    },
  };
};
