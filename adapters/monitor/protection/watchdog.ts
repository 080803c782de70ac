/**
 * The watchdog process (rule R3): a helper process (watchdog-script.ts) that undoes what we put in place when
 * we die or hang. It sleeps in a read until something is about to be put in place, and then looks at our
 * heartbeat (heartbeat.ts) every 250 ms. No limit is set without a watchdog process in force.
 *
 * If we die the next instant: its stdin ends, or the heartbeat stands still, and it undoes everything and
 * ends. If it dies, `onLost` is told at once, and another is started.
 */
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { claimDirectory } from '../../shared/own-directory';
import { within } from '../../shared/within';
import { type WatchdogProcess, startWatchdogProcess } from './watchdog-process';
import { Heartbeat } from './heartbeat';
import type { Watchkeeper } from './intent-records';
import type { ProtectionPaths } from './paths';
import { SECOND_MS } from '../../../machines/shared/units';

/** Until it confirms that it watches: at once when it sleeps, within one poll of 250 ms when it has just been set to rest. */
const WATCHDOG_ANSWER_MS = SECOND_MS;
/** It goes on watching for so long when nothing is in place any more. */
const WATCHDOG_LINGER_MS = 2 * SECOND_MS;
/** An orderly stop waits for it so long: one poll, and some more. */
const WATCHDOG_END_MS = 500;
/** Waits before another watchdog process is started, doubling. */
const WATCHDOG_RESTART_FIRST_MS = 100;
const WATCHDOG_RESTART_MOST_MS = 10 * SECOND_MS;

export interface WatchdogOptions {
  readonly paths: ProtectionPaths;
  /** One word that names this run of the monitor, as in its intent records (intent-records.ts). */
  readonly session: string;
  /** It has undone everything, because we hung. We must not believe any more that something is in place. */
  readonly onLifted: (reason: string) => void;
  /** It is gone: whatever is in place must be undone now. Another one is being started. */
  readonly onLost: (reason: string) => void;
}

const HUNG = 'the monitor gave no sign of life for 500 ms';

export class Watchdog implements Watchkeeper {
  readonly #heartbeat: Heartbeat;
  /** The one that is ready; null while there is none. */
  #process: WatchdogProcess | null = null;
  /** How many have called `watch` and not yet `rest`. */
  #watches = 0;
  #inForce = false;
  #coming: Promise<Either<string, void>> | null = null;
  #expected: { readonly line: string; readonly settle: (answer: Either<string, void>) => void } | null = null;
  #linger: NodeJS.Timeout | undefined;
  #absence = 'it has not been started';
  readonly #stopping = new AbortController();
  #ended: () => void = () => undefined;

  private constructor(private readonly options: WatchdogOptions) {
    this.#heartbeat = new Heartbeat(options.paths.heartbeatFile);
  }

  /** Left: why there is no watchdog process on this machine, or no safe place for its files; then nothing may be put in place. */
  static async start(options: WatchdogOptions): Promise<Either<string, Watchdog>> {
    const claimed = claimDirectory(dirname(options.paths.heartbeatFile));
    if (E.isLeft(claimed)) return claimed;
    const watchdog = new Watchdog(options);
    return E.map(() => watchdog)(await watchdog.#spawn());
  }

  /** Of the helper process; null while there is none. */
  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** For each `watch` that was right, one `rest`. */
  async watch(): Promise<Either<string, void>> {
    clearTimeout(this.#linger);
    const watched = this.#inForce ? E.right(undefined) : await this.#comeIntoForce();
    if (E.isRight(watched)) this.#watches += 1;
    return watched;
  }

  rest(): void {
    if (this.#watches === 0) throw new Error('the watchdog process was set to rest more often than to watch');
    this.#watches -= 1;
    if (this.#watches > 0) return;
    // What was lifted is often armed again at once: it stays in force for a while.
    this.#linger = setTimeout(() => {
      this.#inForce = false;
      this.#heartbeat.rest();
    }, WATCHDOG_LINGER_MS).unref();
  }

  /** To be called when all is undone. If it is not, the watchdog process sees to it, and ends with this process. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#linger);
    this.#inForce = false;
    if (this.#watches === 0) this.#heartbeat.rest();
    else this.#heartbeat.stop();
    if (this.#process === null) return;
    const ended = new Promise<void>((resolve) => {
      this.#ended = resolve;
    });
    this.#process.endInput();
    await within(ended, WATCHDOG_END_MS);
  }

  #comeIntoForce(): Promise<Either<string, void>> {
    this.#coming ??= this.#askToWatch().finally(() => {
      this.#coming = null;
    });
    return this.#coming;
  }

  async #askToWatch(): Promise<Either<string, void>> {
    if (this.#process === null) return E.left(`no watchdog process: ${this.#absence}`);
    const epoch = this.#heartbeat.start();
    if (E.isLeft(epoch)) return epoch;
    this.#process.wake();
    const answer = await this.#answer(`watching ${epoch.right}`);
    this.#inForce = E.isRight(answer);
    if (E.isLeft(answer)) this.#heartbeat.rest();
    return answer;
  }

  /** One line is awaited at a time. */
  #answer(line: string): Promise<Either<string, void>> {
    return new Promise((resolve) => {
      const settle = (answer: Either<string, void>): void => {
        clearTimeout(timer);
        this.#expected = null;
        resolve(answer);
      };
      const timer = setTimeout(() => {
        settle(E.left(`the watchdog process did not answer "${line}" within ${WATCHDOG_ANSWER_MS} ms`));
      }, WATCHDOG_ANSWER_MS);
      this.#expected = { line, settle };
    });
  }

  async #spawn(): Promise<Either<string, void>> {
    const { paths, session, onLifted } = this.options;
    const started = await startWatchdogProcess(paths, session, {
      onLine: (line) => {
        if (line === 'lifted') onLifted(HUNG);
        else if (line === this.#expected?.line) this.#expected.settle(E.right(undefined));
      },
      onEnd: (reason) => {
        this.#onEnd(reason);
      },
    });
    if (E.isLeft(started)) return E.left(`no watchdog process: ${started.left}`);
    this.#process = started.right;
    if (this.#stopping.signal.aborted) started.right.endInput();
    return E.right(undefined);
  }

  #onEnd(reason: string): void {
    this.#process = null;
    this.#absence = reason;
    this.#inForce = false;
    this.#heartbeat.stop();
    this.#expected?.settle(E.left(`no watchdog process: ${reason}`));
    this.#ended();
    if (this.#stopping.signal.aborted) return;
    this.options.onLost(reason);
    void this.#startAgain();
  }

  /** Until there is one, with a back-off. */
  async #startAgain(): Promise<void> {
    for (let ms = WATCHDOG_RESTART_FIRST_MS; ; ms = Math.min(2 * ms, WATCHDOG_RESTART_MOST_MS)) {
      const waited = await sleep(ms, true, { signal: this.#stopping.signal, ref: false }).catch(() => false);
      if (!waited) return;
      const started = await this.#spawn();
      if (E.isRight(started)) break;
      this.#absence = started.left;
    }
    if (this.#watches > 0) await this.#comeIntoForce();
  }
}
