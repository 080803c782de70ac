/** The segments of a running log: one is written; closed ones are compressed; the oldest go at the bound. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '../../../machines/shared/error-text';
import { boundedRoom, type MakeRoom } from './bound';
import { Compressor } from './compressor';
import { createSegmentFile, type SegmentFile } from './segment-file';
import { listLogFiles, type LogFile } from './segments';

interface Options {
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
export class SegmentChain {
  private active: SegmentFile | null = null;

  private constructor(
    private readonly dir: string,
    private readonly compressor: Compressor,
    private readonly makeRoom: MakeRoom,
  ) {}

  static async open(options: Options): Promise<SegmentChain> {
    const { dir, onNote } = options;
    const compressor = new Compressor(dir, onNote);
    try {
      for (const firstSeq of await tidyUp(dir)) compressor.enqueue(firstSeq);
    } catch (error) {
      onNote(`the log directory is not tidied up: ${errorText(error)}`);
    }
    const makeRoom = boundedRoom({ ...options, abandon: (firstSeq) => compressor.abandon(firstSeq) });
    return new SegmentChain(dir, compressor, makeRoom);
  }

  /** Closes the active segment, mended if a write failed. On failure it stays active; `begin` tries again. */
  async finishActive(): Promise<void> {
    if (this.active === null) return;
    const { firstSeq } = this.active;
    const isLeft = await this.active.finish();
    this.active = null;
    if (isLeft) this.compressor.enqueue(firstSeq);
  }

  /** Closes the active segment and makes the next one. */
  async begin(firstSeq: number): Promise<void> {
    await this.finishActive();
    this.active = await createSegmentFile(this.dir, firstSeq);
  }

  /** Writes whole lines to the active segment. */
  async append(lines: Buffer): Promise<void> {
    if (this.active === null) throw new Error('event log: no segment has been begun');
    await this.makeRoom(lines.length, this.active.firstSeq);
    await this.active.append(lines);
  }

  /** Closes the active segment and ends the compression. */
  close(): Promise<void> {
    return this.finishActive().finally(() => this.compressor.stop());
  }
}
