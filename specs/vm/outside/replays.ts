/** That what was decided live is decided again from the event logs, those of the guest too. */
import { execFileSync } from 'node:child_process';
import { runCommand } from '../../support/command';
import { tempDir } from '../../support/event-log';
import type { Guest } from '../harness';
import { keep } from '../harness/keep';

/** Where the monitor in the guest keeps its event log. */
export const GUEST_LOG = '/var/lib/vm-monitor';

/** A copy of the guest's log on the host. */
const copyOut = async (guest: Guest): Promise<string> => {
  const archive = await guest.run(`tar -c -C ${GUEST_LOG} . | base64 -w 0`);
  const directory = tempDir();
  const bytes = Buffer.from(archive, 'base64');
  keep('events.tar', bytes);
  execFileSync('tar', ['-x', '-C', directory], { input: bytes });
  return directory;
};

const expectReplay = async (directory: string): Promise<void> => {
  const { status, stdout, stderr } = await runCommand(['replay', directory, '--json']);
  if (status !== 0) throw new Error(`replay of ${directory}: ${stderr}`);
  expect(stdout.trimEnd().split('\n').at(-1)).toContain('"divergences":0');
};

/** Replays the guest's log, and those of agents. To be called when nobody writes to them any more. */
export const expectReplays = async (guest: Guest, agentLogs: readonly string[] = []): Promise<void> => {
  await expectReplay(await copyOut(guest));
  for (const directory of agentLogs) await expectReplay(directory);
};
