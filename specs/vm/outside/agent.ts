/** `vm-monitor agent` as a process of the host: it sizes a guest through QEMU, as the guest's monitor wishes. */
import { tempDir } from '../../support/event-log';
import { startCommand, type RunningCommand } from '../../support/command';
import type { Guest } from '../harness';
import { keep } from '../harness/keep';
import { monitorUrl } from '../in-guest/monitor';

export interface HostAgent extends RunningCommand {
  /** Its event log. */
  readonly logDir: string;
  /** Ends it as a service manager does; resolves with the exit status. */
  readonly stop: () => Promise<number | null>;
}

export interface HostAgentOptions {
  readonly flags: readonly string[];
  /** Of an agent that ran before. Default: a new one. */
  readonly logDir?: string;
  /** What it connects to. Default: the guest's monitor. */
  readonly url?: string;
}

/** Starts it and resolves when it runs; the monitor need not listen yet. Call stopCommands after. */
export const startHostAgent = async (
  guest: Guest,
  { flags, logDir = tempDir(), url = monitorUrl(guest) }: HostAgentOptions,
): Promise<HostAgent> => {
  const running = startCommand([
    ...['agent', '--monitor', url, '--vm', 'guest'],
    ...['--qmp', guest.agentQmpSocket, '--event-log', logDir, ...flags],
  ]);
  void running.ended.then(({ stdout, stderr }) => {
    keep('agent', stdout + stderr);
  });
  await running.line('agent runs');
  return {
    ...running,
    logDir,
    stop: async () => {
      running.signal('SIGTERM');
      return (await running.ended).status;
    },
  };
};
