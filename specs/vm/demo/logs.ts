/** The event logs of both ends: where they are left, and whether they replay. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../support/command';
import type { Guest } from '../harness';
import { runDirectory } from '../harness/keep';

export const ENDS = ['monitor', 'agent'] as const;
export type End = (typeof ENDS)[number];

/** Made with the first call, and then empty. */
export const logDirectory = (end: End): string => {
  const path = join(runDirectory(), `${end}-log`);
  mkdirSync(path, { recursive: true });
  return path;
};

/** Where the monitor writes it, unless told otherwise. */
const GUEST_DIRECTORY = '/var/lib/vm-monitor';

/** Takes the monitor's log out of the guest, for the guest's disk ends with it. */
export const fetchMonitorLog = async (guest: Guest): Promise<void> => {
  const packed = await guest.run(`tar -C ${GUEST_DIRECTORY} -c . | gzip -c | base64`);
  execFileSync('tar', ['-C', logDirectory('monitor'), '-xz'], { input: Buffer.from(packed, 'base64') });
};

export interface Replayed {
  readonly end: End;
  readonly same: boolean;
  /** The last line of `vm-monitor replay`, and what it complains of. */
  readonly text: string;
}

export const replayed = async (end: End): Promise<Replayed> => {
  const { status, stdout, stderr } = await runCommand(['replay', logDirectory(end)]);
  const summary = stdout.trimEnd().split('\n').at(-1) ?? '';
  return { end, same: status === 0, text: [summary, stderr.trimEnd()].filter(Boolean).join('; ') };
};
