/**
 * Notices that a directory was removed and made again under the same name. The handles of the old
 * directory may go on reading, and its watch stays silent, so identities are compared. The directory is
 * held open, because a number that is in use cannot be given to its successor.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { type FileFailure, fileFailure } from '../../shared/node-error';

interface Held {
  readonly handle: FileHandle;
  readonly identity: string;
}

const identityOf = (stats: { dev: bigint; ino: bigint }): string => `${stats.dev}:${stats.ino}`;

export class HeldDirectory {
  #held: Held | null = null;

  constructor(readonly path: string) {}

  get isHeld(): boolean {
    return this.#held !== null;
  }

  /** Null when it is held now, else why not. Never rejects. */
  async hold(): Promise<FileFailure | null> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(this.path, 'r');
      const stats = await handle.stat({ bigint: true });
      if (!stats.isDirectory()) throw new Error('not a directory');
      this.#held = { handle, identity: identityOf(stats) };
      return null;
    } catch (error) {
      await handle?.close().catch(() => undefined);
      return fileFailure(this.path, error);
    }
  }

  /** Null while the path still leads to what is held, else why not. Never rejects. */
  async lost(): Promise<FileFailure | null> {
    try {
      const identity = identityOf(await stat(this.path, { bigint: true }));
      if (identity === this.#held?.identity) return null;
      return { code: 'ESTALE', message: `${this.path}: removed and created again` };
    } catch (error) {
      return fileFailure(this.path, error);
    }
  }

  async release(): Promise<void> {
    const held = this.#held;
    this.#held = null;
    await held?.handle.close().catch(() => undefined);
  }
}
