/**
 * What we send to the service manager (systemd, Type=notify): READY=1, WATCHDOG=1, STOPPING=1. That
 * it cannot be notified is no reason to stop: logged once, then on without. (It may be one for the service
 * manager: it ends a service that is not ready, or silent, in time.)
 *
 * If we die the next instant nothing is left to undo: a sender under way ends by itself.
 */
import * as E from 'fp-ts/Either';
import type { Variables } from '../../shared/config/environment';
import { within } from '../../shared/within';
import { SEND_MS, sendToManager } from './send';
import { watchdogIntervalMs } from './watchdog';

export interface ServiceManager {
  /** We listen: READY=1, and WATCHDOG=1 messages from now on. Resolves when it was sent or could not be. */
  ready(): Promise<void>;
  /** The orderly end begins: STOPPING=1, no more messages. Resolves after STOPPING_WAIT_MS at the latest. */
  stopping(): Promise<void>;
}

/** The rest of the orderly end must not wait for a manager that does not read. */
const STOPPING_WAIT_MS = 300;

class Notifier implements ServiceManager {
  /** Messages go one after the other: resolves when all so far are sent. */
  private last: Promise<void> = Promise.resolve();
  /** Of these, at most one message. */
  private unsent = 0;
  private isFailing = false;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly environment: Variables,
    private readonly warn: (line: string) => void,
    private readonly sendMs: number,
  ) {}

  ready(): Promise<void> {
    const interval = watchdogIntervalMs(this.environment, process.pid);
    if (E.isLeft(interval)) this.warn(interval.left);
    else if (interval.right !== null) {
      // NB: a timer of the main loop, and no thread or process of its own: when the loop hangs, the messages must end.
      this.timer = setInterval(() => {
        // One that the manager has not taken yet says the same.
        if (this.unsent === 0) void this.send('WATCHDOG=1');
      }, interval.right);
    }
    return this.send('READY=1');
  }

  stopping(): Promise<void> {
    if (this.timer !== null) clearInterval(this.timer);
    return within(this.send('STOPPING=1'), STOPPING_WAIT_MS);
  }

  private send(message: string): Promise<void> {
    this.unsent += 1;
    this.last = this.last.then(() => this.sendNow(message));
    return this.last;
  }

  private async sendNow(message: string): Promise<void> {
    const sent = await sendToManager(message, this.environment, this.sendMs);
    this.unsent -= 1;
    if (E.isLeft(sent) && !this.isFailing) this.warn(`cannot be notified: ${sent.left}`);
    this.isFailing = E.isLeft(sent);
  }
}

/** Nobody expects messages. */
const NOBODY: ServiceManager = { ready: () => Promise.resolve(), stopping: () => Promise.resolve() };

/**
 * The service manager that started us, by `$NOTIFY_SOCKET`; without it nothing is sent.
 *
 * @param say takes a line for the log, once for each run of failures
 * @param sendMs a shorter one is for tests
 */
export const serviceManager = (
  environment: Variables,
  say: (line: string) => void,
  sendMs = SEND_MS,
): ServiceManager => ((environment['NOTIFY_SOCKET'] ?? '') === '' ? NOBODY : new Notifier(environment, say, sendMs));
