/**
 * The cgroup that Postgres runs in, as far as we read it: found, lost and found again. Everything is
 * opened anew when the directory is another one than before.
 */
import type { Observable } from 'rxjs';
import type { Read } from '../../../streams/raw-sample';
import type { Every } from '../../../streams/signals/signal';
import type { FileFailure } from '../../shared/node-error';
import { withMemoryOf } from './beside';
import { CgroupWatch } from './cgroup-watch';
import { HeldDirectory } from './held-directory';
import { type Filling, SignalFiles } from './signal-files';

export class ManagedCgroup {
  readonly #directory: HeldDirectory;
  readonly #files: SignalFiles;
  readonly #watch: CgroupWatch;

  constructor(path: string, buffer: Buffer) {
    this.#directory = new HeldDirectory(path);
    this.#files = new SignalFiles('cgroup', path, buffer);
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

  /** @param beside see KernelSources.read */
  renew(sample: Filling, every: Every, beside: string | null): void {
    this.#files.renew(sample, every);
    if (every === 'sample') sample.memoryStat = withMemoryOf(sample.memoryStat, beside);
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
    await this.#files.openMissing();
    this.#watch.arm();
  }

  async close(): Promise<void> {
    await this.#release({ code: '', message: 'closed' });
  }

  async #release(failure: FileFailure): Promise<void> {
    this.#watch.disarm(failure.message);
    await Promise.all([this.#directory.release(), this.#files.close(failure)]);
  }
}
