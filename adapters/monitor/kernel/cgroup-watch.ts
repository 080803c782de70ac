/**
 * Tells when the kernel notifies of memory events. The file with the cgroup's own events is preferred,
 * as memory.events also fires for a child above its own limit. A watch says nothing when its cgroup is
 * removed: the owner disarms it then (managed-cgroup.ts).
 */
import { type FSWatcher, existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { left, right } from 'fp-ts/Either';
import { type Observable, Subject } from 'rxjs';
import type { Read } from '../../../streams/raw-sample';
import { fileFailure } from '../../shared/node-error';

export class CgroupWatch {
  readonly #notifications = new Subject<void>();
  #watcher: FSWatcher | null = null;
  #state: Read<true>;

  constructor(private readonly directory: string) {
    this.#state = left(`${directory}: not watched yet`);
  }

  get notifications(): Observable<void> {
    return this.#notifications.asObservable();
  }

  get state(): Read<true> {
    return this.#state;
  }

  /** Watches unless it does already. Never throws: a failure is in `state`. */
  arm(): void {
    if (this.#watcher !== null) return;
    const local = join(this.directory, 'memory.events.local');
    const path = existsSync(local) ? local : join(this.directory, 'memory.events');
    try {
      const watcher = watch(path, { persistent: false });
      watcher.on('change', () => {
        this.#notifications.next();
      });
      watcher.on('error', (error) => {
        this.disarm(fileFailure(path, error).message);
      });
      this.#watcher = watcher;
      this.#state = right(true);
    } catch (error) {
      this.#state = left(fileFailure(path, error).message);
    }
  }

  disarm(reason: string): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#state = left(reason);
  }
}
