/** QEMU as a process that never outlives the specs. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guestImage } from '../image';
import type { Accelerator } from './accelerator';
import { collectConsole } from './console';
import { qemuArguments, swapFile, type Hardware } from './qemu-command';
import { within } from './within';

export interface QemuProcess {
  /** Sockets and swap of this guest; removed at its end. */
  readonly directory: string;
  readonly console: () => string;
  /** Resolves when QEMU has ended, with its last words. */
  readonly ended: Promise<string>;
  kill(): Promise<void>;
}

/** Resolves when the guest's init is through; rejects, with nothing left, when it is not in time. */
export const startQemu = async (
  hardware: Hardware,
  accelerator: Accelerator,
  deadlineMs: number,
): Promise<QemuProcess> => {
  // Not below the clone: a socket's path has at most 107 characters.
  const directory = mkdtempSync(join(tmpdir(), 'vm-monitor-vm-'));
  if (hardware.swapMib > 0) execFileSync('truncate', ['-s', `${hardware.swapMib}M`, swapFile(directory)]);
  const args = qemuArguments(guestImage(), hardware, accelerator, directory);
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { text, ready } = collectConsole(child.stdout);
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    words += part;
  });
  const ended = new Promise<string>((resolve) => {
    child.once('close', () => {
      rmSync(directory, { recursive: true, force: true });
      resolve(words);
    });
  });
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  const died = ended.then((last) => Promise.reject(new Error(`QEMU ended: ${last}${text()}`)));
  died.catch(() => undefined); // Only of interest while it boots.
  try {
    await within(deadlineMs, `no guest by ${accelerator}`, Promise.race([ready, died]));
  } catch (error) {
    await kill();
    throw error;
  }
  return { directory, console: text, ended, kill };
};
