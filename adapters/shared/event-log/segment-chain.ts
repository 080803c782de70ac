/** The segments of a running log: one is written; closed ones are compressed; the oldest go at the bound. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '../../../machines/shared/error-text';
import { createBound } from './bound';
import { createCompressor } from './compressor';
import { createSegmentFile, type SegmentFile } from './segment-file';
import { listLogFiles, type LogFile } from './segments';

export interface SegmentChain {
  /** Closes the active segment and makes the next one. */
  begin(firstSeq: number): Promise<void>;
  /** Writes whole lines to the active segment. */
  append(lines: Buffer): Promise<void>;
  /** Closes the active segment, mended if a write failed. On failure it stays active; `begin` tries again. */
  finishActive(): Promise<void>;
  /** Closes the active segment and ends the compression. */
  close(): Promise<void>;
}

export interface SegmentChainOptions {
  readonly dir: string;
  readonly maxBytes: number;
  readonly segmentBytes: number;
  readonly onNote: (note: string) => void;
}

/** What a crash can leave behind: unfinished compressions, and finished ones whose plain file is still there. */
const isLeftover = (file: LogFile, files: readonly LogFile[]): boolean =>
  file.kind === 'temp' ||
  (file.kind === 'gzip' && files.some(({ kind, firstSeq }) => kind === 'plain' && firstSeq === file.firstSeq));

/** Removes leftovers; gives the closed segments that are not compressed yet. */
const tidyUp = async (dir: string): Promise<number[]> => {
  const files = await listLogFiles(dir);
  for (const file of files) if (isLeftover(file, files)) await rm(join(dir, file.name));
  return files.filter(({ kind }) => kind === 'plain').map(({ firstSeq }) => firstSeq);
};

/** All methods throw on errors of the file system. They must not be called while another one runs. */
export const openSegmentChain = async (options: SegmentChainOptions): Promise<SegmentChain> => {
  const { dir, onNote } = options;
  const compressor = createCompressor(dir, onNote);
  const bound = createBound({ ...options, abandon: (firstSeq) => compressor.abandon(firstSeq) });
  let active: SegmentFile | null = null;

  try {
    for (const firstSeq of await tidyUp(dir)) compressor.enqueue(firstSeq);
  } catch (error) {
    onNote(`the log directory is not tidied up: ${errorText(error)}`);
  }

  const finishActive = async (): Promise<void> => {
    if (active === null) return;
    const { firstSeq } = active;
    const isLeft = await active.finish();
    active = null;
    if (isLeft) compressor.enqueue(firstSeq);
  };

  return {
    finishActive,
    begin: async (firstSeq) => {
      await finishActive();
      active = await createSegmentFile(dir, firstSeq);
    },
    append: async (lines) => {
      if (active === null) throw new Error('event log: no segment has been begun');
      await bound.makeRoom(lines.length, active.firstSeq);
      await active.append(lines);
    },
    close: async () => {
      try {
        await finishActive();
      } finally {
        await compressor.stop();
      }
    },
  };
};
