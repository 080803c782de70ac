/**
 * The monitor's heartbeat, as the watchdog process sees it: a line in a file, `watch EPOCH COUNT`, whose count rises
 * every 100 ms, or `rest EPOCH COUNT`. Each turn to watching has an epoch of its own, which the watchdog process
 * repeats to confirm that it has seen it.
 *
 * Heartbeats are written by the event loop itself, and synchronously: they must stop when it hangs, and must
 * not stop when the thread pool is busy with a write that blocks. The file should lie on a tmpfs, as the
 * runtime directory does, where 30 bytes take some 10 µs.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { claimDirectory } from '../../shared/own-directory';
import { attemptSync, inWords } from './attempt';

/** Five heartbeats for the watchdog process's 500 ms: a few late ones are no hang. */
const BEAT_MS = 100;

/** Words and numbers have a fixed width, so that one write replaces the whole line. */
const DIGITS = 10;
const fixedWidth = (count: number): string => String(count).padStart(DIGITS, '0');

export class Heartbeat {
  #file: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #epoch = 0;
  #count = 0;

  constructor(private readonly path: string) {}

  /** Heartbeats from now on, in a new epoch, which is returned as it stands in the file. Left: why it cannot. */
  start(): Either<string, string> {
    this.stop();
    // Anew each time: the file, or its directory, may have been removed meanwhile, and the name taken by others.
    const claimed = claimDirectory(dirname(this.path));
    if (E.isLeft(claimed)) return claimed;
    return inWords(
      attemptSync(this.path, () => {
        this.#file = openSync(this.path, 'w', 0o644);
        this.#epoch += 1;
        this.#write('watch');
        this.#timer = setInterval(() => {
          this.#try('watch');
        }, BEAT_MS).unref();
        return fixedWidth(this.#epoch);
      }),
    );
  }

  /** Stops, and marks this as intended. */
  rest(): void {
    this.#try('rest ');
    this.stop();
  }

  /** Stands still. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #write(word: 'watch' | 'rest '): void {
    if (this.#file === null) return;
    this.#count += 1;
    writeSync(this.#file, `${word} ${fixedWidth(this.#epoch)} ${fixedWidth(this.#count)}\n`, 0);
  }

  /** What cannot be written is no heartbeat, and the watchdog process undoes what is in place, which is right. */
  #try(word: 'watch' | 'rest '): void {
    attemptSync(this.path, () => {
      this.#write(word);
    });
  }
}
