/** `vm-monitor agent` as a process of the host: it sizes a guest through QEMU, as the guest's monitor wishes. */
import { tempDir } from '../../support/event-log';
import { startCommand, type RunningCommand } from '../../support/command';
import type { Guest } from '../harness';
import { keep } from '../harness/keep';

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
}

/** Starts it and resolves when it runs; the monitor need not listen yet. Call stopCommands after. */
export const startHostAgent = async (
  guest: Guest,
  { flags, logDir = tempDir() }: HostAgentOptions,
): Promise<HostAgent> => {
  const running = startCommand([
    ...['agent', '--monitor', `ws://127.0.0.1:${guest.port.monitor}/monitor`, '--vm', 'guest'],
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
