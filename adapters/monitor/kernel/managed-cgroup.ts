/**
 * The cgroup that Postgres runs in, as far as we read it: found, lost and found again. Everything is
 * opened anew when the directory is another one than before.
 */
import type { Observable } from 'rxjs';
import type { CgroupSample } from '../../../streams/raw-sample';
import { withMemoryOf } from './beside';
import { CgroupFiles, type FastCgroup, type SlowCgroup, type SteadyCgroup } from './cgroup-files';
import { CgroupWatch } from './cgroup-watch';
import { HeldDirectory } from './held-directory';
import type { FileFailure } from '../../shared/node-error';

export class ManagedCgroup {
  readonly #directory: HeldDirectory;
  readonly #files: CgroupFiles;
  readonly #watch: CgroupWatch;

  constructor(path: string, buffer: Buffer) {
    this.#directory = new HeldDirectory(path);
    this.#files = new CgroupFiles(path, buffer);
    this.#watch = new CgroupWatch(path);
  }

  get found(): boolean {
    return this.#directory.isHeld;
  }

  get notifications(): Observable<void> {
    return this.#watch.notifications;
  }

  /** @param beside see KernelSources.read */
  readFast(beside: string | null): FastCgroup & Pick<CgroupSample, 'watch'> {
    const fast = this.#files.readFast();
    return { ...fast, memoryStat: withMemoryOf(fast.memoryStat, beside), watch: this.#watch.state };
  }

  readSteady(): SteadyCgroup {
    return this.#files.readSteady();
  }

  readSlow(): SlowCgroup {
    return this.#files.readSlow();
  }

  /**
   * To be called every two seconds or so, one call at a time. A loss is only noted; the new directory is
   * opened by the next call, so that every loss is seen by a reading in between. Never rejects.
   */
  async recheck(): Promise<void> {
    const failure = this.found ? await this.#directory.lost() : await this.#directory.hold();
    if (failure !== null) {
      await this.#letGo(failure);
      return;
    }
    await this.#files.openMissing();
    this.#watch.arm();
  }

  async close(): Promise<void> {
    await this.#letGo({ code: '', message: 'closed' });
  }

  async #letGo(failure: FileFailure): Promise<void> {
    this.#watch.disarm(failure.message);
    await Promise.all([this.#directory.release(), this.#files.close(failure)]);
  }
}
