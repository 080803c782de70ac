/**
 * What signals mean to a command that runs until it is stopped. Only SIGKILL ends it out of order, and SIGUSR1
 * does not open Node's debugger (until here no-debugger.ts sees to that).
 */
import { isatty } from 'node:tty';
import type { Logger } from '../shared/logging/logger';

/** The first ends the command in order; more of them change nothing, as that takes at most 2 s. */
const ENDING = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;
/** Node would open its debugger at the one, and the other would end us. */
const UNUSED = ['SIGUSR1', 'SIGUSR2'] as const;

const STDIN = 0;

/** A terminal that hangs up is none any more when SIGHUP comes. A service manager's SIGHUP comes without one. */
const watchTerminal = (): (() => boolean) => {
  const startedOnTerminal = isatty(STDIN);
  return () => startedOnTerminal && !isatty(STDIN);
};

/**
 * @param onHangUp called at SIGHUP, unless that says that our terminal is gone
 * @returns aborts when the command is to end
 */
export const handleSignals = (logger: Logger, onHangUp: () => void): AbortSignal => {
  const stop = new AbortController();
  const terminalIsGone = watchTerminal();
  const end = (why: string): void => {
    if (!stop.signal.aborted) logger.info('stopping', { reason: why });
    stop.abort();
  };
  for (const name of ENDING) process.on(name, end);
  for (const name of UNUSED) {
    process.on(name, () => {
      logger.info('signal ignored', { signal: name });
    });
  }
  process.on('SIGHUP', () => {
    if (terminalIsGone()) end('the terminal is gone');
    else onHangUp();
  });
  return stop.signal;
};
