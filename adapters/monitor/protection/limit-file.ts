/**
 * One limit of the managed cgroup that we set and lift: memory.high or memory.max (kernel doc
 * admin-guide/cgroup-v2; mm/memcontrol.c). It is never set within `roomBytes` of the use that it must stay
 * clear of (cgroup-use.ts), so setting it kills nobody, and never over a limit of somebody else.
 *
 * If we die the next instant: the limit is in the intent records before it is set, and the watchdog process, the next start or
 * `thaw` lifts it. Whatever goes wrong while it is set ends with the limit lifted.
 */
import { join } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { createQueue } from '../../shared/queue';
import { attempt, attemptSync, inWords } from './attempt';
import { requireRoom } from './cgroup-use';
import type { HeldLimit, LimitFiles } from './files';
import { MAX_WAITING, type IntentRecords } from './intent-records';
import { type LimitName, limitText, NO_LIMIT, readLimit, wholePages } from './limit-text';
import type { ProtectionPaths } from './paths';
import { release } from './undo-steps';
import { actLive } from './undoing';

export interface LimitFileOptions {
  readonly paths: ProtectionPaths;
  readonly files: LimitFiles;
  readonly records: IntentRecords;
  /** Monotonic. */
  readonly nowMs: () => number;
  /** Somebody else has changed the limit to `bytes` (null: "max"). Once for each change. */
  readonly onForeign: (file: LimitName, bytes: number | null) => void;
}

export interface LimitRow {
  readonly name: LimitName;
  readonly entry: 'highBytes' | 'maxBytes';
  /** Least distance above the use that it must stay clear of. */
  readonly roomBytes: number;
}

export class LimitFile {
  readonly #path: string;
  readonly #queue = createQueue(MAX_WAITING);
  /** What is set, or being set at this moment. */
  #inPlace: { readonly bytes: number; readonly sinceMs: number } | null = null;
  /** Opened before the limit is set, so that lifting it needs neither a thread nor a look-up of the path. */
  #held: HeldLimit | null = null;
  /** Counts commands: of those that wait only the newest is carried out. */
  #newest = 0;
  /** The limit of somebody else that was reported last; null: none. */
  #foreignBytes: number | null = null;

  constructor(
    private readonly row: LimitRow,
    private readonly options: LimitFileOptions,
  ) {
    this.#path = join(options.paths.managed, row.name);
  }

  /**
   * Resolves when it is in force. The write may block in the kernel, in the thread pool: for memory.max until
   * page cache is dropped down to it, some 100 ms.
   * @returns its bytes: `bytes` rounded up to whole pages. Left: why no limit of ours is in place now (or
   * could not be lifted); or that a newer command has superseded this one, which then decides what is.
   */
  set(bytes: number): Promise<Either<string, number>> {
    this.#newest += 1;
    const turn = this.#newest;
    return this.#inTurn(async () => {
      if (turn !== this.#newest) return E.left(`${this.#path}: superseded by a newer command`);
      const outcome = await this.#set(wholePages(bytes), turn);
      if (E.isRight(outcome)) return outcome;
      this.#drop();
      const lifted = await this.#settle();
      return E.isRight(lifted) ? outcome : E.left(`${outcome.left}; ${lifted.left}`);
    });
  }

  /** @returns for how many ms it was in place, 0 if it was not. Left: it may be in place still; checkForeign tries again. */
  lift(): Promise<Either<string, number>> {
    const inPlaceMs = this.liftNow() ?? 0;
    return this.#inTurn(async () => E.map(() => inPlaceMs)(await this.#settle()));
  }

  /**
   * Lifts before it returns: one synchronous write that cannot block, as raising a limit reclaims nothing
   * (memory_high_write and memory_max_write in mm/memcontrol.c). `lift` must follow: it makes sure.
   * @returns for how many ms it was in place; null: it was not, and nothing was written
   */
  liftNow(): number | null {
    this.#newest += 1;
    return this.#drop();
  }

  /**
   * Looks whether somebody else has written the file, and tries again to lift what could not be lifted; but not while
   * we are writing it.
   */
  async checkForeign(): Promise<void> {
    // What a monitor before has left is not somebody else's.
    if (this.#queue.length() > 0 || this.options.records.pending !== null) return;
    await this.#inTurn(async () => {
      await this.#requireOurs();
      return this.#settleRemains();
    });
  }

  get #isInPlace(): boolean {
    return this.#inPlace !== null;
  }

  get #noted(): readonly number[] {
    return this.options.records.intent[this.row.entry];
  }

  /** What `liftNow` does, as part of a command that is under way. */
  #drop(): number | null {
    if (this.#inPlace === null) return null;
    const inPlaceMs = this.options.nowMs() - this.#inPlace.sinceMs;
    this.#inPlace = null;
    this.#raise();
    return inPlaceMs;
  }

  async #set(bytes: number, turn: number): Promise<Either<string, number>> {
    const ready = await this.#prepare(bytes);
    if (E.isLeft(ready)) return ready;
    if (turn !== this.#newest) return E.left(`${this.#path}: superseded by a newer command`);
    this.#inPlace = { bytes, sinceMs: this.options.nowMs() };
    const written = await attempt(this.#path, () => this.options.files.writeKernel(this.#path, limitText(bytes)));
    if (E.isLeft(written)) return inWords(written);
    const inForce = await this.#verify(bytes);
    if (this.#isInPlace) return inForce;
    // Lifted by a newer command, maybe before the kernel took our write. (Else somebody else has written: left alone.)
    if (turn !== this.#newest) this.#raise();
    return E.isLeft(inForce) ? inForce : E.left(`${this.#path}: lifted again while it was being set`);
  }

  /** All that must be so before the write; what may change quickly comes last. */
  async #prepare(bytes: number): Promise<Either<string, void>> {
    const { files, records } = this.options;
    if (records.pending !== null) return E.left(records.pending);
    const ours = await this.#requireOurs();
    if (E.isLeft(ours)) return ours;
    const settled = await this.#settleRemains();
    if (E.isLeft(settled)) return settled;
    const standing = this.#inPlace === null ? [] : [this.#inPlace.bytes];
    const noted = await records.record({ [this.row.entry]: [...standing, bytes] });
    if (E.isLeft(noted)) return noted;
    const held = await attempt(this.#path, () => files.holdLimit(this.#path));
    if (E.isLeft(held)) return inWords(held);
    const before = this.#held;
    this.#held = held.right;
    await before?.close();
    return this.#requireRoom(bytes, this.row.roomBytes);
  }

  /** Arming raises no event, so what has grown past the limit meanwhile must be found by looking. */
  async #verify(bytes: number): Promise<Either<string, number>> {
    const ours = await this.#requireOurs();
    if (E.isLeft(ours)) return ours;
    return E.map(() => bytes)(await this.#requireRoom(bytes, 0));
  }

  #requireRoom(bytes: number, roomBytes: number): Promise<Either<string, void>> {
    const { files, paths } = this.options;
    return actLive(requireRoom(paths.managed, { name: this.row.name, bytes, roomBytes }), files);
  }

  /** Left when somebody else's limit stands there. It is reported, and left alone. */
  async #requireOurs(): Promise<Either<string, void>> {
    const turn = this.#newest;
    const limit = await actLive(readLimit(this.#path), this.options.files);
    if (E.isLeft(limit)) return limit;
    // Lifted while we read: what we have read is out of date.
    if (turn !== this.#newest || limit.right === 'gone') return E.right(undefined);
    return this.#compare(limit.right);
  }

  #compare(bytes: number | null): Either<string, void> {
    const isOurs = bytes === null ? this.#inPlace === null : this.#noted.includes(bytes);
    if (!isOurs) this.#inPlace = null;
    const foreignBytes = isOurs ? null : bytes;
    if (foreignBytes !== this.#foreignBytes || (bytes === null && !isOurs))
      this.options.onForeign(this.row.name, bytes);
    this.#foreignBytes = foreignBytes;
    return foreignBytes === null ? E.right(undefined) : E.left(`${this.#path}: somebody else has set ${foreignBytes}`);
  }

  /** Failures are found, and mended, by #settle. */
  #raise(): void {
    attemptSync(this.#path, () => this.#held?.writeSync(NO_LIMIT));
  }

  /** A limit that could not be lifted before, or that somebody else has replaced, may still be in the intent records. */
  async #settleRemains(): Promise<Either<string, void>> {
    return this.#inPlace === null && this.#noted.length > 0 ? this.#settle() : E.right(undefined);
  }

  /** Makes sure that no limit of ours stands there, and strikes. */
  async #settle(): Promise<Either<string, void>> {
    const { records } = this.options;
    const lifted = await release(this.row.name, this.options, () => records.intent);
    if (E.isLeft(lifted)) return E.left(`not lifted: ${lifted.left}`);
    await this.#held?.close();
    this.#held = null;
    // An entry too many does no harm, and goes with the next record.
    await records.record({ [this.row.entry]: [] });
    return lifted;
  }

  async #inTurn<A>(work: () => Promise<Either<string, A>>): Promise<Either<string, A>> {
    return (await this.#queue.run(work)) ?? E.left(`${this.#path}: more than ${MAX_WAITING} commands wait already`);
  }
}
