/** A directory in place of /sys/devices/system/cpu: a test must not take CPUs of this machine offline. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CpuTree {
  readonly sysRoot: string;
  /** Text of the list of CPUs that are there, or in use: plain files do not follow what is written to a CPU's. */
  set(list: 'present' | 'online', cpus: string): void;
  /** What was written to the `online` file of each CPU, lowest CPU first. */
  written(): readonly string[];
  /** The `online` file of this CPU is gone. */
  lose(cpu: number): void;
  remove(): void;
}

export const cpuTree = (count: number, online: string): CpuTree => {
  const sysRoot = mkdtempSync(join(tmpdir(), 'vm-monitor-sys-'));
  const root = join(sysRoot, 'devices/system/cpu');
  const fileOf = (cpu: number): string => join(root, `cpu${cpu}`, 'online');
  const cpus = Array.from({ length: count }, (_, cpu) => cpu);
  for (const cpu of cpus) {
    mkdirSync(join(root, `cpu${cpu}`), { recursive: true });
    writeFileSync(fileOf(cpu), '-');
  }
  const set: CpuTree['set'] = (list, text) => {
    writeFileSync(join(root, list), `${text}\n`);
  };
  set('present', `0-${count - 1}`);
  set('online', online);
  return {
    sysRoot,
    set,
    written: () => cpus.map((cpu) => readFileSync(fileOf(cpu), 'utf8')),
    lose: (cpu) => {
      rmSync(fileOf(cpu));
    },
    remove: () => {
      rmSync(sysRoot, { recursive: true });
    },
  };
};
