/** What is there and what is missing, one line each, for the start of the monitor. */
import { isOpenToAll, type MonitorConfig } from '../config/monitor-config';
import { describeCgroupRoot } from '../kernel/cgroup-root';
import type { KernelSources } from '../kernel/sources';

const cgroupLine = async ({ cgroup, cgroupRoot }: MonitorConfig, found: boolean): Promise<string> => {
  if (cgroup === null) return 'cgroup: none named (--cgroup), the VM as a whole is watched';
  const root = await describeCgroupRoot(cgroupRoot);
  if (found) return `cgroup: ${cgroup} present; ${root.message}`;
  return `cgroup: ${cgroup} missing, looked for every two seconds; ${root.message}`;
};

const pressureLine = (sources: readonly string[]): string => {
  const present = sources.filter((line) => line.includes('pressure') && line.endsWith(': present'));
  return present.length > 0 ? `PSI: ${present.join(', ')}` : 'PSI: missing, going without';
};

const postgresLine = ({ pgconnstr, fileCacheOnDisk }: MonitorConfig): string =>
  pgconnstr === null
    ? 'Postgres: none named (--pgconnstr), no file cache to size'
    : `Postgres: connecting, to size its file cache ${fileCacheOnDisk ? 'on disk' : 'in memory'}`;

const PROTECT: Readonly<Record<MonitorConfig['protect'], string>> = {
  observe: 'nothing is written, need is only asked for',
  tripwire: 'memory.high as an early warning',
  throttle: 'memory.high as an early warning; growers are held while a grant is late',
  full: 'memory.high as an early warning; growers are held, shared memory refused, the largest statement cancelled',
};

const protectLine = ({ cgroup, protect, hardLimit }: MonitorConfig): string => {
  if (cgroup === null) return 'protection: none without --cgroup, need is only asked for';
  const limit = hardLimit && protect !== 'observe' ? '; memory.max as hard limit' : '';
  return `protection: ${PROTECT[protect]}${limit} (--protect ${protect})`;
};

/** What an operator should not overlook, one line each. */
export const accessWarnings = (config: MonitorConfig): readonly string[] =>
  isOpenToAll(config)
    ? [
        `access: whoever reaches ${config.addr.host || 'any interface'} may connect and decide the size of this VM (--insecure)`,
      ]
    : [];

/** Flags that are understood and have no effect yet. */
const idleFlags = ({ inspect }: MonitorConfig): readonly string[] =>
  inspect === null ? [] : ['--inspect: not in this version, ignored'];

export const presenceLines = async (config: MonitorConfig, kernel: KernelSources): Promise<readonly string[]> => [
  await cgroupLine(config, kernel.cgroupFound()),
  pressureLine(kernel.describe()),
  postgresLine(config),
  protectLine(config),
  ...idleFlags(config),
];
