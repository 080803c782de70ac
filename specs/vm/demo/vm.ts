/** The VM of the demo, with Postgres and the monitor inside, and the agent outside. */
import { MIB } from '../../../machines/shared/units';
import type { Sentences } from '../../../adapters/shared/logging/sentence';
import { startCommand, type RunningCommand } from '../../support/command';
import { eventLineOf, type LogLine } from '../../support/log-line';
import { AGENT_WORDS, MONITOR_WORDS, sentenceOf } from '../../support/sentence';
import { bootGuest, type Guest } from '../harness';
import { GUEST_PORTS } from '../harness/qemu-command';
import { within } from '../harness/within';
import { startGuestMonitor, type GuestMonitor } from '../in-guest/monitor';
import { startGuestPostgres } from '../in-guest/postgres';
import { STOP_DEADLINE_MS } from './limits';
import { logDirectory } from './logs';

const HARDWARE = { memMib: 512, maxMemMib: 1024, cpus: 1, maxCpus: 2 } as const;
export const BOOT_BYTES = HARDWARE.memMib * MIB;
export const MAX_BYTES = HARDWARE.maxMemMib * MIB;

/**
 * `goal-cu` sizes for the need of the moment. The default policy sizes for the most of the last ten minutes, which is
 * better for a database and too long for a demo. Both ends know the same unit: 1 vCPU for 512 MiB.
 */
const UNIT = '--compute-unit 0.25,128MiB';
const MONITOR_FLAGS = [
  `--policy goal-cu ${UNIT} --min-size 1,512MiB --max-size 2,1GiB`,
  `--hotplug-cpus --pgconnstr 'host=/tmp user=postgres dbname=postgres' --file-cache-on-disk`,
  `--metrics 0.0.0.0:${GUEST_PORTS.metrics}`,
].join(' ');

export interface DemoVm {
  readonly guest: Guest;
  readonly monitor: GuestMonitor;
  readonly agent: RunningCommand;
}

export const boot = async (say: (text: string) => void): Promise<Guest> => {
  say(`booting a VM of ${HARDWARE.memMib} MiB and ${HARDWARE.cpus} vCPU`);
  const guest = await bootGuest(HARDWARE);
  say(
    `it runs by ${guest.accelerator === 'kvm' ? 'KVM' : 'software emulation (TCG): 10 to 50 times slower than a real one'}`,
  );
  return guest;
};

/** Both begin with empty event logs. */
export const startAll = async (guest: Guest): Promise<DemoVm> => {
  await startGuestPostgres(guest);
  const monitor = await startGuestMonitor(guest, MONITOR_FLAGS);
  const agent = startCommand([
    'agent',
    ...['--monitor', `ws://127.0.0.1:${guest.port.monitor}/monitor`, '--vm', 'demo'],
    ...['--qmp', guest.agentQmpSocket, ...UNIT.split(' '), '--min-size', '1,512MiB'],
    ...['--event-log', logDirectory('agent'), '--log-format', 'json'],
  ]);
  return { guest, monitor, agent };
};

/** What people want to see of both logs: decisions, what is requested and approved, and all that is wrong. */
const SHOWN: ReadonlySet<string> = new Set([
  ...['decided', 'requesting downscale', 'requesting memory', 'requesting CPUs'],
  ...['downscale approved', 'CPUs online', 'file cache resized'],
]);

/** Shows the lines of an end as sentences; rejects when it ends. */
const follow = async (
  next: () => Promise<LogLine>,
  sentences: Sentences,
  show: (text: string) => void,
): Promise<never> => {
  for (;;) {
    const line = await next();
    if (line.level !== 'info' || SHOWN.has(line.msg))
      show(sentenceOf(eventLineOf(line), sentences).replace(/^demo: /, ''));
  }
};

/** Shows what both log; rejects when one of them ends. */
export const followBoth = (
  { monitor, agent }: DemoVm,
  voiceOf: (who: string) => (text: string) => void,
): Promise<never> =>
  Promise.race([
    follow(() => monitor.logged(null), MONITOR_WORDS, voiceOf('monitor')),
    follow(() => agent.line(null), AGENT_WORDS, voiceOf('agent')),
  ]);

/** The agent first, so that the monitor's log ends with its loss. */
export const stopBoth = async ({ monitor, agent }: DemoVm): Promise<void> => {
  agent.signal('SIGTERM');
  await within(STOP_DEADLINE_MS, 'the agent does not end', agent.ended);
  await within(STOP_DEADLINE_MS, 'the monitor does not end', monitor.stop());
};
