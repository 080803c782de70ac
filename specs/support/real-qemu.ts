/** A real QEMU that is stopped before its first instruction: it plugs and is asked, and no guest ever follows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askQmp } from './ask-qmp';

export interface RealQemu {
  readonly socketPath: string;
  readonly process: ChildProcess;
  /** What it said on stderr; empty as long as it is well. */
  readonly complaints: () => string;
  kill(): Promise<void>;
}

const VM = [
  ...['-S', '-display', 'none', '-nodefaults', '-accel', 'tcg'],
  ...['-machine', 'q35', '-m', '512M,maxmem=4G,slots=4', '-smp', '1,maxcpus=4'],
];

/** Arguments of one virtio-mem device of 1 GiB. */
export const virtioMem = (id: string): readonly string[] => [
  ...['-object', `memory-backend-ram,id=${id}-backend,size=1G,reserve=off`],
  ...['-device', `virtio-mem-pci,id=${id},memdev=${id}-backend,block-size=2M,requested-size=0`],
];

/** Until it answers: the socket is there a moment before QEMU listens on it. */
const listening = async (socketPath: string, failed: () => string | null): Promise<void> => {
  for (let tries = 0; tries < 500; tries += 1) {
    const answered = await askQmp(socketPath, 'query-status').catch(() => null);
    if (answered !== null) return;
    if (failed() !== null) throw new Error(`QEMU has not started: ${failed()}`);
    await sleep(10);
  }
  throw new Error('QEMU does not answer');
};

/** 512 MiB and 1 of 4 vCPUs, with `devices` on top. */
export const startQemu = async (...devices: readonly string[]): Promise<RealQemu> => {
  const directory = mkdtempSync(join(tmpdir(), 'vm-monitor-qemu-'));
  const socketPath = join(directory, 'qmp');
  const process = spawn('qemu-system-x86_64', [...VM, ...devices, '-qmp', `unix:${socketPath},server=on,wait=off`]);
  let said = '';
  process.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  const ended = once(process, 'exit');
  await listening(socketPath, () => (process.exitCode === null ? null : said));
  return {
    socketPath,
    process,
    complaints: () => said,
    kill: async () => {
      process.kill('SIGKILL');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
