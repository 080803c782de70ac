/**
 * Step 3 of protection: /dev/shm gets no larger than it is. A statement that wants a segment beyond it
 * (a parallel build, a parallel hash join) gets an SQL error at once, since Postgres reserves a segment
 * before it uses it; the alternative is the OOM killer and a restart of all. Shared buffers lie elsewhere.
 *
 * If we die at any point: the size that the mount had is recorded before the cap, and the watchdog process, the next
 * start and `thaw` set it again.
 */
import { readFile, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { KIB, MIB } from '../../../../machines/shared/units';
import { parseMountinfo } from '../../../shared/parse/mountinfo';
import { attempt, commandTurns, inWords, parsed } from '../attempt';
import type { IntentRecords } from '../intent-records';
import { release, type ReleaseBy } from '../undo-steps';
import { actOnce, remounting } from '../undoing';
import { capObstacle } from './cap-obstacle';

/** Shared memory keeps so much room: small segments of other statements go on. */
const CAP_SLACK_BYTES = MIB;
/**
 * A cap below use is refused by the kernel, and use grows by up to 4 GB/s while mount(8) starts (about
 * 5 ms): each further try leaves four times the room, up to 256 MiB.
 */
const CAP_TRIES = 5;
const CAP_SLACK_FACTOR = 4;

export interface ShmCapOptions extends ReleaseBy {
  /** SHARED_MEMORY_MOUNT; another one in tests. */
  readonly mountPoint: string;
  readonly procRoot: string;
  /** Records the size that the mount had; it also sees to it that the watchdog process is in force. */
  readonly records: Pick<IntentRecords, 'record'>;
}

/** Left: the mount may not be given another size. */
const allowed = async ({ mountPoint, procRoot }: ShmCapOptions): Promise<Either<string, void>> => {
  const path = join(procRoot, 'self', 'mountinfo');
  const mounts = parsed(parseMountinfo, path, await attempt(path, () => readFile(path, 'utf8')));
  if (E.isLeft(mounts)) return mounts;
  const obstacle = capObstacle(mounts.right, mountPoint);
  return obstacle === null ? E.right(undefined) : E.left(`${obstacle.found}; fix: ${obstacle.fix}`);
};

interface Fill {
  readonly usedBytes: number;
  readonly limitBytes: number;
  readonly pageBytes: number;
}

const readFill = async (mountPoint: string): Promise<Either<string, Fill>> => {
  const read = await attempt(mountPoint, () => statfs(mountPoint));
  if (E.isLeft(read)) return inWords(read);
  const { blocks, bfree, bsize } = read.right;
  if (blocks === 0) return E.left(`${mountPoint}: has no size limit, so its use is not known; expected one (size=)`);
  return E.right({ usedBytes: (blocks - bfree) * bsize, limitBytes: blocks * bsize, pageBytes: bsize });
};

/**
 * The size that a mount has, for its option size=: its pages, counted. Not "50%" for one that was mounted without a
 * size: that is half of the memory of now, not of then, and of an odd number of pages the kernel takes the half
 * rounded down for its default, but rounded up for "50%" (shmem_default_max_blocks and shmem_parse_one in mm/shmem.c).
 */
const readSize = async (mountPoint: string): Promise<Either<string, string>> =>
  E.map(({ limitBytes }: Fill) => `${limitBytes / KIB}k`)(await readFill(mountPoint));

/** In whole pages, as tmpfs counts; never more than the limit that is there. */
const capFor = ({ usedBytes, limitBytes, pageBytes }: Fill, failedTries: number): number => {
  const wanted = usedBytes + CAP_SLACK_BYTES * CAP_SLACK_FACTOR ** failedTries;
  return Math.min(limitBytes, Math.ceil(wanted / pageBytes) * pageBytes);
};

/** Tries again with more room where use has outrun the cap meanwhile. Right: the cap in bytes. */
const shrink = async ({ mountPoint, files }: ShmCapOptions): Promise<Either<string, number>> => {
  for (let failedTries = 0; ; failedTries += 1) {
    const fill = await readFill(mountPoint);
    if (E.isLeft(fill)) return fill;
    const capBytes = capFor(fill.right, failedTries);
    const remounted = await actOnce(remounting(mountPoint, String(capBytes)), files);
    if (E.isRight(remounted)) return E.right(capBytes);
    if (failedTries + 1 === CAP_TRIES) return inWords(remounted);
  }
};

export class ShmCap {
  readonly #inTurn = commandTurns();
  /** `stands`: mount(8) has set the cap, which nobody else is asked to confirm. */
  #capped: { readonly originalSize: string; readonly sinceMs: number; readonly stands: boolean } | null = null;

  constructor(private readonly options: ShmCapOptions) {}

  /** No more than is used now and a little. Left: why not, and then nothing is capped. */
  apply(): Promise<Either<string, { readonly capBytes: number }>> {
    return this.#inTurn(() => this.#cap());
  }

  /** Back to the size that it had; `cappedMs` is 0 when it was not capped. Left: it is still capped; to be called again. */
  remove(): Promise<Either<string, { readonly cappedMs: number }>> {
    return this.#inTurn(() => this.#restore());
  }

  async #cap(): Promise<Either<string, { capBytes: number }>> {
    const { mountPoint, records } = this.options;
    if (this.#capped !== null) return E.left(`${mountPoint}: capped already`);
    const may = await allowed(this.options);
    if (E.isLeft(may)) return may;
    const size = await readSize(mountPoint);
    if (E.isLeft(size)) return size;
    const originalSize = size.right;
    const noted = await records.record({ shmCap: { mountPoint, originalSize } });
    if (E.isLeft(noted)) return noted;
    this.#capped = { originalSize, sinceMs: performance.now(), stands: false };
    const shrunk = await shrink(this.options);
    this.#capped = { ...this.#capped, stands: E.isRight(shrunk) };
    if (E.isRight(shrunk)) return E.right({ capBytes: shrunk.right });
    const restored = await this.#restore();
    return E.left(E.isLeft(restored) ? `${shrunk.left}; and not undone: ${restored.left}` : shrunk.left);
  }

  async #restore(): Promise<Either<string, { cappedMs: number }>> {
    if (this.#capped === null) return E.right({ cappedMs: 0 });
    const { mountPoint, records } = this.options;
    const { originalSize, sinceMs, stands } = this.#capped;
    const size = await readSize(mountPoint);
    // Not so after a cap that failed: then the kernel has refused it, and may refuse this as well.
    if (stands || E.isLeft(size) || size.right !== originalSize) {
      const restored = await release('shmCap', this.options, () => ({ shmCap: { mountPoint, originalSize } }), []);
      if (E.isLeft(restored)) return restored;
    }
    const cappedMs = Math.round(performance.now() - sinceMs);
    // If we die here, the next start sets the same size once more.
    const cleared = await records.record({ shmCap: null });
    if (E.isLeft(cleared)) return cleared;
    this.#capped = null;
    return E.right({ cappedMs });
  }
}
