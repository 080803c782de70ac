/** How the process ends: a message for what nobody caught, an exit that does not cut off output. */
import { EXIT } from './command';

/**
 * Output that cannot be written is no reason to stop: the reader may have gone
 * (`vm-monitor replay LOG | head`), the terminal hung up, the disk be full.
 */
const goOnWithout = (stream: NodeJS.WriteStream): void => {
  stream.on('error', () => undefined);
};

const messageOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Errors that nobody caught are ours: say what, end with status 1. What stands is undone at `exit` (adapters/monitor/protection, rule R3). */
const endOnUncaught = (error: unknown): void => {
  process.stderr.write(`vm-monitor: unexpected error: ${messageOf(error)}\n`);
  process.exit(EXIT.failed);
};

export const guardProcess = (): void => {
  goOnWithout(process.stdout);
  goOnWithout(process.stderr);
  process.on('uncaughtException', endOnUncaught);
  process.on('unhandledRejection', endOnUncaught);
};

/** A reader that does not read must not keep us from ending. */
const FLUSH_DEADLINE_MS = 500;

/** Ends the process once stdout is written. Open handles do not hold it up. */
export const exitWhenFlushed = (status: number): void => {
  const end = (): void => {
    process.exit(status);
  };
  setTimeout(end, FLUSH_DEADLINE_MS);
  process.stdout.write('', end);
};
