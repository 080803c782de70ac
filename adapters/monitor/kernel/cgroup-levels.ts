/**
 * Limits of somebody else on the way from the mount to the managed cgroup: of the managed cgroup itself, of the slices and
 * services above it, and, in a container, of the mount, which there is a cgroup like any other. Held open, as others are.
 */
import { join, relative } from 'node:path';
import { type Either, isLeft, isRight, right } from 'fp-ts/Either';
import type { CgroupLevel, MemoryLimits, Read } from '../../../streams/raw-sample';
import { parseLimit, parseSingleNumber } from '../../shared/parse/single-value';
import type { FileFailure } from '../../shared/node-error';
import { SourceFile } from './source-file';

/** Levels that are looked at, the nearest first: systemd and Kubernetes make up to six. */
const MAX_LEVELS_ABOVE = 16;

const MOUNT = '/';

/** Values that we ourselves have written into the managed cgroup, or are about to. Null: whose limits stand there is not known. */
export type OwnLimits = NotedLimits | null;

interface NotedLimits {
  readonly highBytes: readonly number[];
  readonly maxBytes: readonly number[];
}
export const NO_OWN_LIMITS: NotedLimits = { highBytes: [], maxBytes: [] };

/** What cannot be read is no limit that we know of: the real root has none of these files. */
const valueOf = (read: Either<string, number | undefined>): number | undefined =>
  isRight(read) ? read.right : undefined;

const unlessOurs = (bytes: number | undefined, ours: readonly number[]): number | undefined =>
  bytes !== undefined && ours.includes(bytes) ? undefined : bytes;

class LevelFiles {
  readonly #max: SourceFile<number | undefined>;
  readonly #high: SourceFile<number | undefined>;
  readonly #current: SourceFile<number>;

  constructor(
    readonly path: string,
    directory: string,
    buffer: Buffer,
  ) {
    this.#max = new SourceFile(join(directory, 'memory.max'), buffer, parseLimit);
    this.#high = new SourceFile(join(directory, 'memory.high'), buffer, parseLimit);
    this.#current = new SourceFile(join(directory, 'memory.current'), buffer, parseSingleNumber);
  }

  current(): Read<number> {
    return this.#current.read();
  }

  /**
   * Null: without a limit of somebody else, or it cannot be told how much of it is left.
   * @param knownCurrentBytes null: not read yet; it is read where there is a limit
   */
  limited(own: NotedLimits, knownCurrentBytes: number | null): CgroupLevel | null {
    const maxBytes = unlessOurs(valueOf(this.#max.read()), own.maxBytes);
    const highBytes = unlessOurs(valueOf(this.#high.read()), own.highBytes);
    if (maxBytes === undefined && highBytes === undefined) return null;
    const currentBytes = knownCurrentBytes ?? valueOf(this.current());
    return currentBytes === undefined ? null : { path: this.path, currentBytes, maxBytes, highBytes };
  }

  get files(): readonly Pick<SourceFile<unknown>, 'open' | 'close'>[] {
    return [this.#max, this.#high, this.#current];
  }
}

/** Of those above the managed cgroup, the nearest first; last the mount. */
const pathsAbove = (path: string): readonly string[] => {
  const segments = path.split('/');
  const named = segments.slice(1).map((_, index) => segments.slice(0, segments.length - 1 - index).join('/'));
  return [...named, MOUNT].slice(0, MAX_LEVELS_ABOVE);
};

export class CgroupLevels {
  readonly #managed: LevelFiles;
  readonly #above: readonly LevelFiles[];

  /** @param directory of the managed cgroup, below the mount at `root` */
  constructor(root: string, directory: string, buffer: Buffer) {
    const path = relative(root, directory);
    this.#managed = new LevelFiles(path, directory, buffer);
    this.#above = pathsAbove(path).map((above) => new LevelFiles(above, join(root, above), buffer));
  }

  /** Left: how much of any limit is left cannot be told. */
  read(own: OwnLimits): Read<MemoryLimits> {
    const current = this.#managed.current();
    if (isLeft(current)) return current;
    const currentBytes = current.right;
    const levels = [
      own === null ? null : this.#managed.limited(own, currentBytes),
      ...this.#above.map((level) => level.limited(NO_OWN_LIMITS, null)),
    ];
    return right({ currentBytes, levels: levels.filter((level) => level !== null) });
  }

  /** Opens what is not open. Never rejects. */
  async openMissing(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.open()));
  }

  /** See SignalFiles.close. */
  async close(failure: FileFailure): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close(failure)));
  }

  get #files(): LevelFiles['files'] {
    return [this.#managed, ...this.#above].flatMap(({ files }) => files);
  }
}
