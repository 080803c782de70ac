/** The two limits of the managed cgroup: the tripwire (memory.high) and the hard limit (memory.max). */
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import type { OwnLimits } from '../kernel/cgroup-levels';
import { LimitFile, type LimitFileOptions } from './limit-file';
import { MIB } from '../../../machines/shared/units';

/**
 * The tripwire lies at least this far above all that the cgroup holds, its cache included: closer to it
 * the kernel would reclaim cache at once, and harmless growth would trip it.
 */
const TRIPWIRE_ROOM_BYTES = 16 * MIB;
/** memory.max lies at least this far above what cannot be reclaimed: the kernel kills where that reaches it. */
const HARD_LIMIT_ROOM_BYTES = 64 * MIB;

export class CgroupLimits {
  readonly #high: LimitFile;
  readonly #max: LimitFile;

  constructor(private readonly options: LimitFileOptions) {
    this.#high = new LimitFile({ name: 'memory.high', entry: 'highBytes', roomBytes: TRIPWIRE_ROOM_BYTES }, options);
    this.#max = new LimitFile({ name: 'memory.max', entry: 'maxBytes', roomBytes: HARD_LIMIT_ROOM_BYTES }, options);
  }

  /** @returns the bytes at which it lies, rounded up to whole pages. Left: it is not armed (any more), and why. */
  async armTripwire(highBytes: number): Promise<Either<string, { readonly highBytes: number }>> {
    return E.map((bytes: number) => ({ highBytes: bytes }))(await this.#high.set(highBytes));
  }

  /** @returns for how long it was armed, 0 if it was not. */
  async liftTripwire(): Promise<Either<string, { readonly armedMs: number }>> {
    return E.map((armedMs: number) => ({ armedMs }))(await this.#high.lift());
  }

  /**
   * For the kernel's notification: lifts the tripwire before it returns, whatever the notification was
   * about, since to arm it again costs less than to look first.
   * @returns for how long it was armed, in ms; null: it was not
   */
  reflex(): number | null {
    const armedMs = this.#high.liftNow();
    if (armedMs !== null) void this.#high.lift();
    return armedMs;
  }

  /** @param bytes null: none. @returns the bytes in force. Left: no limit of ours is in place, and why. */
  async setHardLimit(bytes: number | null): Promise<Either<string, { readonly hardLimitBytes: number | null }>> {
    if (bytes === null) return E.map(() => ({ hardLimitBytes: null }))(await this.#max.lift());
    return E.map((hardLimitBytes: number) => ({ hardLimitBytes }))(await this.#max.set(bytes));
  }

  /** Values of ours that may stand in the files at this moment; not known while those of a monitor before may. */
  get noted(): OwnLimits {
    const { pending, intent } = this.options.records;
    return pending === null ? intent : null;
  }

  /** Never rejects. */
  async checkForeign(): Promise<void> {
    await Promise.all([this.#high.checkForeign(), this.#max.checkForeign()]);
  }

  /** When the watchdog process is lost, or has lifted everything because we hung, and before an orderly end. Both are lifted before it returns. */
  async liftAll(): Promise<Either<string, void>> {
    const [high, max] = await Promise.all([this.#high.lift(), this.#max.lift()]);
    return E.isLeft(high) ? high : E.map(() => undefined)(max);
  }
}
