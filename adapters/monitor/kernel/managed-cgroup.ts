/**
 * The cgroup that Postgres runs in, as far as we read it: found, lost and found again. Everything is
 * opened anew when the directory is another one than before.
 */
import type { Observable } from 'rxjs';
import type { Read } from '../../../streams/raw-sample';
import { SIGNALS } from '../../../streams/signals';
import type { Every } from '../../../streams/signals/signal';
import type { FileFailure } from '../../shared/node-error';
import { withMemoryOf } from './beside';
import { CgroupLevels, type OwnLimits } from './cgroup-levels';
import { CgroupWatch } from './cgroup-watch';
import { HeldDirectory } from './held-directory';
import { type Filling, SignalFiles } from './signal-files';

/** What the kernel's files do not tell, and what we have done knows. */
export interface OwnActs {
  /** Directory of a cgroup whose memory counts as that of the managed one (beside.ts); null: there is none. */
  readonly beside: string | null;
  readonly limits: OwnLimits;
}

export class ManagedCgroup {
  readonly #directory: HeldDirectory;
  readonly #files: SignalFiles;
  readonly #levels: CgroupLevels;
  readonly #watch: CgroupWatch;

  /** @param root the mount that `path` lies below */
  constructor(root: string, path: string, buffer: Buffer) {
    this.#directory = new HeldDirectory(path);
    this.#files = new SignalFiles('cgroup', path, buffer);
    this.#levels = new CgroupLevels(root, path, buffer);
    this.#watch = new CgroupWatch(path);
  }

  get found(): boolean {
    return this.#directory.isHeld;
  }

  get notifications(): Observable<void> {
    return this.#watch.notifications;
  }

  get watch(): Read<true> {
    return this.#watch.state;
  }

  renew(sample: Filling, every: Every, { beside, limits }: OwnActs): void {
    this.#files.renew(sample, every);
    if (every === 'sample') sample.memoryStat = withMemoryOf(sample.memoryStat, beside);
    if (every === SIGNALS.memoryLimits.every) sample.memoryLimits = this.#levels.read(limits);
  }

  /**
   * To be called every two seconds or so, one call at a time. A loss is only noted; the new directory is
   * opened by the next call, so that every loss is seen by a reading in between. Never rejects.
   */
  async recheck(): Promise<void> {
    const failure = this.found ? await this.#directory.lost() : await this.#directory.hold();
    if (failure !== null) {
      await this.#release(failure);
      return;
    }
    await Promise.all([this.#files.openMissing(), this.#levels.openMissing()]);
    this.#watch.arm();
  }

  async close(): Promise<void> {
    await this.#release({ code: '', message: 'closed' });
  }

  async #release(failure: FileFailure): Promise<void> {
    this.#watch.disarm(failure.message);
    await Promise.all([this.#directory.release(), this.#files.close(failure), this.#levels.close(failure)]);
  }
}
