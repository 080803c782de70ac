/**
 * `make demo`: a VM in QEMU, the monitor and Postgres in it, the agent outside, and a query that makes the VM grow
 * and shrink. Ends by itself; then both event logs are replayed. Exit status: 0, or 1 when something failed or a
 * replay decided otherwise, or 128 + the signal's number.
 */
import { constants } from 'node:os';
import { stopCommands } from '../../support/command';
import { removeTempDirs } from '../../support/event-log';
import { stopGuests } from '../harness';
import { runDirectory } from '../harness/keep';
import { within } from '../harness/within';
import { START_DEADLINE_MS } from './limits';
import { ENDS, fetchMonitorLog, replayed } from './logs';
import { watchVm } from './look';
import { createScreen, type Screen } from './screen';
import { tell } from './story';
import { boot, BOOT_BYTES, followBoth, MAX_BYTES, startAll, stopBoth } from './vm';

/** Until both ends have stopped and the monitor's log is out of the guest. */
const play = async ({ voiceOf, show, finish }: Screen): Promise<void> => {
  const say = voiceOf('demo');
  const guest = await boot(say);
  const vm = await startAll(guest);
  const watched = watchVm(guest, BOOT_BYTES, show);
  const story = async (): Promise<void> => {
    await within(START_DEADLINE_MS, 'the monitor shows nothing', watched.first);
    await tell({ guest, say, isSmall: () => (watched.last()?.sizeBytes ?? 0) <= BOOT_BYTES });
  };
  await Promise.race([story(), followBoth(vm, voiceOf)]);
  await watched.stop();
  finish();
  await stopBoth(vm);
  await fetchMonitorLog(guest);
};

/** @returns whether both logs give the same decisions again */
const replayBoth = async ({ voiceOf }: Screen): Promise<boolean> => {
  voiceOf('demo')(`both event logs and the console are in ${runDirectory()}`);
  const results = await Promise.all(ENDS.map(replayed));
  for (const { end, text } of results) voiceOf('replay')(`${end}: ${text}`);
  return results.every(({ same }) => same);
};

const run = async (screen: Screen): Promise<number> => {
  await play(screen);
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
