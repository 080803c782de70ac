/** dist/cli.js in the guest, in a cgroup of its own, reached from the host as an agent reaches it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildOnce } from '../../support/command';
import { isLine, readLine, type LogLine, type Wanted } from '../../support/log-line';
import { ROOT } from '../../support/repository-root';
import { connectAgent, RANGE_V1_1, type TestAgent, type TestAgentOptions } from '../../support/test-agent';
import type { Guest, GuestProcess } from '../harness';
import { keep } from '../harness/keep';
import { GUEST_PORTS } from '../harness/qemu-command';
import { POSTGRES, within } from './cgroups';

const CLI = '/opt/vm-monitor.js';
/** The address of this host in QEMU's user network. */
const HOST_SEEN_FROM_GUEST = '10.0.2.2';

const installed = new WeakSet<Guest>();

/** The bundle changes more often than the image. */
const install = async (guest: Guest): Promise<void> => {
  if (installed.has(guest)) return;
  buildOnce();
  await guest.write(CLI, readFileSync(join(ROOT, 'dist/cli.js')));
  installed.add(guest);
};

/** What the shell in the guest calls `vm-monitor ARGS`, where a service manager would start the monitor. */
export const monitorCommand = async (guest: Guest, args: string): Promise<string> => {
  await install(guest);
  return within('vm-monitor', `exec node ${CLI} ${args}`);
};

/** Where agents on the host find it. */
export const monitorUrl = ({ port }: Guest): string => `ws://127.0.0.1:${port.monitor}/monitor`;

export interface GuestMonitor extends GuestProcess {
  /** The next line of its log of this kind (null: any) with these fields; earlier lines are passed over. */
  readonly logged: (msg: string | null, fields?: Wanted) => Promise<LogLine>;
  /** All lines up to now. */
  readonly log: () => readonly LogLine[];
  /** Connects from the host; by default as an agent of v1.1. */
  readonly agent: (options?: TestAgentOptions) => Promise<TestAgent>;
  /** Ends it as a service manager does; resolves with the exit status. */
  readonly stop: () => Promise<number>;
}

/** Starts `vm-monitor run` on Postgres' cgroup and waits until it listens. @param flags added to the command line */
export const startGuestMonitor = async (guest: Guest, flags = ''): Promise<GuestMonitor> => {
  const own = `--addr 0.0.0.0:${GUEST_PORTS.monitor} --allow-peer ${HOST_SEEN_FROM_GUEST} --cgroup ${POSTGRES} --log-format json`;
  const running = await guest.start(await monitorCommand(guest, `run ${own} ${flags}`));
  // A guest that is stopped before it hangs up on it.
  void running.ended
    .catch(() => undefined)
    .finally(() => {
      keep('monitor', running.stdout());
    });
  const monitor: GuestMonitor = {
    ...running,
    logged: async (msg, fields = {}) => {
      for (;;) {
        const line = readLine(await running.line());
        if (isLine(line, msg, fields)) return line;
      }
    },
    log: () => running.stdout().split('\n').slice(0, -1).map(readLine),
    agent: (options = { range: RANGE_V1_1 }) => connectAgent(monitorUrl(guest), options),
    stop: async () => {
      await running.signal('SIGTERM');
      return (await running.ended).status;
    },
  };
  await monitor.logged('listening');
  return monitor;
};
