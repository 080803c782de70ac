/**
 * `make demo`: a VM in QEMU, the monitor and Postgres in it, the agent outside, and a query that makes the VM grow
 * and shrink. Ends by itself; then both event logs are replayed. Exit status: 0, or 1 when something failed or a
 * replay decided otherwise, or 128 + the signal's number.
 */
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopCommands } from '../../support/command';
import { removeTempDirs } from '../../support/event-log';
import { stopGuests } from '../harness';
import { runDirectory } from '../harness/keep';
import { within } from '../harness/within';
import { LOOK_MS, STOP_DEADLINE_MS } from './limits';
import { ENDS, fetchMonitorLog, replayed } from './logs';
import { look } from './look';
import { createScreen, type Screen } from './screen';
import { tell } from './story';
import { boot, BOOT_BYTES, follow, MAX_BYTES, startAll, type DemoVm } from './vm';

/** Looks until the signal; a look that fails is passed over, for a guest under load may not answer in time. */
const watch = async (
  { guest }: DemoVm,
  seen: (sizeBytes: number) => void,
  screen: Screen,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    const sample = await look(guest, BOOT_BYTES).catch(() => null);
    if (sample !== null) {
      seen(sample.sizeBytes);
      screen.show(sample);
    }
    await sleep(LOOK_MS);
  }
};

/** In order: the agent first, so that the monitor's log ends with its loss. */
const stopBoth = async ({ guest, monitor, agent }: DemoVm): Promise<void> => {
  agent.signal('SIGTERM');
  await within(STOP_DEADLINE_MS, 'the agent does not end', agent.ended);
  await within(STOP_DEADLINE_MS, 'the monitor does not end', monitor.stop());
  await fetchMonitorLog(guest);
};

const replayBoth = async (screen: Screen): Promise<boolean> => {
  screen.say('demo', `both event logs and the console are in ${runDirectory()}`);
  const results = await Promise.all(ENDS.map(replayed));
  for (const { end, text } of results) screen.say('replay', `${end}: ${text}`);
  return results.every(({ same }) => same);
};

const run = async (screen: Screen): Promise<number> => {
  const guest = await boot((text) => {
    screen.say('demo', text);
  });
  const vm = await startAll(guest);
  const { monitor, agent } = vm;
  // Who hangs up has ended, which the story notices.
  void follow(
    () => monitor.logged(/./),
    (text) => {
      screen.say('monitor', text);
    },
  ).catch(() => undefined);
  void follow(
    () => agent.line(/./),
    (text) => {
      screen.say('agent', text);
    },
  ).catch(() => undefined);
  let sizeBytes = BOOT_BYTES;
  const ended = new AbortController();
  const watching = watch(
    vm,
    (bytes) => {
      sizeBytes = bytes;
    },
    screen,
    ended.signal,
  );
  const isSmall = await tell({
    guest,
    say: (text) => {
      screen.say('demo', text);
    },
    isSmall: () => sizeBytes <= BOOT_BYTES,
  });
  ended.abort();
  await watching;
  screen.finish();
  screen.say('demo', isSmall ? 'the VM is as small as at first' : 'time is up: the VM is not as small as at first');
  await stopBoth(vm);
  await stopGuests();
  return (await replayBoth(screen)) ? 0 : 1;
};

const interrupted = new Promise<number>((resolve) => {
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => {
      resolve(128 + constants.signals[name]);
    });
  }
});

const failed = (error: unknown): number => {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
};

const main = async (): Promise<void> => {
  const screen = createScreen(process.stdout, MAX_BYTES);
  const status = await Promise.race([run(screen), interrupted]).catch(failed);
  await Promise.all([stopCommands(), stopGuests()]);
  removeTempDirs();
  process.exit(status);
};

void main();
