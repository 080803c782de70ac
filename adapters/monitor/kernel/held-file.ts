/**
 * A kernel file that is opened once and read again and again at offset 0. Opening goes through the
 * thread pool; reading is synchronous: such a read is served from kernel memory in 0.2 to 0.4 ms where
 * the pool takes 0.6 to 1.7 ms, and a pool that is busy with blocking writes cannot delay a sample.
 */
import { readSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Either, left, right } from 'fp-ts/Either';
import { type FileFailure, fileFailure } from '../../shared/node-error';

/** 40 times the largest file that we read (/proc/zoneinfo of a large machine); more is not what we expect. */
export const MAX_FILE_BYTES = 256 * 1024;

/**
 * A shorter read has reached the end: the kernel's sequence files stop before the user's buffer is full
 * only where the next record does not fit into a page of 4 KiB, and no record that we read is as long as
 * the other half of it (kernel doc filesystems/seq_file).
 */
const SURELY_WHOLE_BYTES = 2048;

/** One buffer serves all files, as reads are synchronous. */
export const createReadBuffer = (): Buffer => Buffer.alloc(MAX_FILE_BYTES);

/** More than a number and its line end. */
const SYSCTL_BYTES = 64;

/**
 * The part of it for a file in /proc/sys: for those the kernel allocates as much as is asked for, in its own zones. In a
 * VM that was full, 256 KiB for one digit called the OOM killer (Linux: fs/proc/proc_sysctl.c, proc_sys_call_handler).
 */
export const forSysctl = (buffer: Buffer): Buffer => buffer.subarray(0, SYSCTL_BYTES);

export class HeldFile {
  #handle: FileHandle | null = null;
  #failure: FileFailure;

  /** @param buffer longer than the file may be */
  constructor(
    readonly path: string,
    private readonly buffer: Buffer,
  ) {
    this.#failure = { code: '', message: `${path}: not opened yet` };
  }

  /** Never rejects: a failure is what the next read says. The caller paces the retries, one at a time. */
  async open(): Promise<void> {
    if (this.#handle !== null) return;
    try {
      this.#handle = await open(this.path, 'r');
    } catch (error) {
      this.#failure = fileFailure(this.path, error);
    }
  }

  /** The whole text. A file that cannot be read (ENODEV: its cgroup was removed) is closed; open() tries anew. */
  read(): Either<FileFailure, string> {
    if (this.#handle === null) return left(this.#failure);
    try {
      const bytes = this.#fill(this.#handle.fd);
      const { length } = this.buffer;
      if (bytes < length) return right(this.buffer.toString('latin1', 0, bytes));
      return left({ code: 'EFBIG', message: `${this.path}: longer than ${length - 1} bytes` });
    } catch (error) {
      const failure = fileFailure(this.path, error);
      void this.close(failure);
      return left(failure);
    }
  }

  /** Gives the handle up; from here on reads fail with `failure`. Never rejects. */
  async close(failure: FileFailure): Promise<void> {
    const handle = this.#handle;
    this.#handle = null;
    this.#failure = failure;
    // Nothing was written, so a failed close loses nothing.
    await handle?.close().catch(() => undefined);
  }

  /** One read may return no more than a page of a longer /proc file. */
  #fill(fd: number): number {
    let filled = 0;
    for (;;) {
      const bytes = readSync(fd, this.buffer, filled, this.buffer.length - filled, filled);
      filled += bytes;
      if (bytes < SURELY_WHOLE_BYTES || filled === this.buffer.length) return filled;
    }
  }
}
