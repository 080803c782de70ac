/** Starts the watchdog process's script as a process, and turns what it writes into calls. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import * as E from 'fp-ts/Either';
import type { Either } from 'fp-ts/Either';
import { WATCHDOG_SCRIPT } from './watchdog-script';
import type { ProtectionPaths } from './paths';
import { SECOND_MS } from '../../../machines/shared/units';

/** From its start until the watchdog process has reported that it is there; a shell takes some 5 ms. */
const WATCHDOG_READY_MS = 5 * SECOND_MS;

/** What it writes once it is ready. */
export interface WatchdogHandlers {
  readonly onLine: (line: string) => void;
  /** It has ended. Once. */
  readonly onEnd: (reason: string) => void;
}

export interface WatchdogProcess {
  readonly pid: number | null;
  /** Makes it look at the heartbeat. */
  wake(): void;
  /** It ends by itself once its stdin has ended and the heartbeat says rest. */
  endInput(): void;
}

/** Where sleep, rmdir and mount are, also when we were started with hardly any environment. */
const searchPath = (): string => [process.env['PATH'], '/usr/sbin:/usr/bin:/sbin:/bin'].filter(Boolean).join(':');

const howItEnded = (status: number | null, signal: NodeJS.Signals | null): string =>
  signal === null ? `it ended with status ${status ?? 'unknown'}` : `it was ended by ${signal}`;

type Child = ChildProcessByStdio<Writable, Readable, null>;

/** The monitor does not stay alive for its watchdog process. */
const unref = (child: Child): void => {
  child.unref();
  // The types know them as plain streams.
  for (const stream of [child.stdin, child.stdout]) if (stream instanceof Socket) stream.unref();
};

/** The first line, or why it ended before. What comes after that goes to the handlers. */
const firstLine = (child: Child, handlers: WatchdogHandlers): Promise<Either<string, string>> =>
  new Promise((resolve) => {
    let isReady = false;
    const end = (reason: string): void => {
      if (isReady) handlers.onEnd(reason);
      else resolve(E.left(reason));
    };
    child.once('error', ({ message }) => {
      end(message);
    });
    child.once('exit', (status, signal) => {
      end(howItEnded(status, signal));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (isReady) handlers.onLine(line);
      else resolve(E.right(line));
      isReady = true;
    });
  });

/**
 * Resolves when it is ready. Left: why it is not.
 * @param session names this run of the monitor, as in its intent record (intent.ts)
 */
export const startWatchdogProcess = async (
  { managed, throttleCgroup, intentFile, heartbeatFile }: ProtectionPaths,
  session: string,
  handlers: WatchdogHandlers,
): Promise<Either<string, WatchdogProcess>> => {
  const parameters = [session, String(process.pid), managed, throttleCgroup, intentFile, heartbeatFile];
  const child = spawn('/bin/sh', ['-c', WATCHDOG_SCRIPT, 'vm-monitor-guard', ...parameters], {
    // A session of its own: what ends our process group (Ctrl-C, a kill of the group) must leave it alone.
    detached: true,
    // Nothing of ours is kept open by it. What its commands complain about shows in what it writes.
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd: '/',
    env: { PATH: searchPath() },
  });
  // It may have ended between two looks: that is reported as its end.
  child.stdin.on('error', () => undefined);
  const tooLate = E.left(`it was not ready within ${WATCHDOG_READY_MS} ms`);
  const first = firstLine(child, handlers);
  const answer = await Promise.race([first, sleep(WATCHDOG_READY_MS, tooLate, { ref: false })]);
  unref(child);
  if (E.isLeft(answer)) {
    child.removeAllListeners('exit');
    child.kill('SIGKILL');
    return answer;
  }
  return E.right({
    pid: child.pid ?? null,
    wake: () => {
      child.stdin.write('watch\n');
    },
    endInput: () => {
      child.stdin.end();
    },
  });
};
