/**
 * The monitor inside another program: it starts on this machine's own signals, says each decision and
 * its reason, and stops at Ctrl-C. (From this repository it is run by specs/e2e/embedding.spec.ts.)
 */
import { startMonitor } from 'vm-monitor';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const main = async (): Promise<void> => {
  // The monitor runs until this signal aborts.
  const stopping = new AbortController();
  process.once('SIGINT', () => {
    stopping.abort();
  });

  // The keys are the flags of the command line in camelCase; all have defaults. An unknown key or a bad
  // value rejects with one line that says what is allowed.
  const monitor = await startMonitor(
    { addr: '127.0.0.1:0', computeUnit: '0.25,1GiB', eventLog: 'none' },
    stopping.signal,
  );
  say(`agents connect to ws://${monitor.address.toString()}/monitor`);

  // Every input and every decision, as it would be logged; an Observable of RxJS.
  monitor.events.subscribe({
    next: ({ event }) => {
      if (event.type === 'size.decided') say(`wanted: ${JSON.stringify(event.desired)}, because ${event.reason}`);
    },
    complete: () => {
      const { desired, missing } = monitor.snapshot();
      say(`at the end: ${JSON.stringify({ desired, missing })}`);
    },
  });

  // Resolves after an orderly stop; rejects when the monitor itself has failed.
  await monitor.done;
  say('stopped');
};

void main();
