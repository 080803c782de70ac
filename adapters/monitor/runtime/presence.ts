/** What is there and what is missing, one line each, for the start of the monitor. */
import { isOpenToAll, type MonitorConfig } from '../config/monitor-config';
import { describeCgroupRoot } from '../kernel/cgroup-root';
import type { KernelSources } from '../kernel/sources';
import { info, warning, type EventLine } from '../../shared/logging/event-line';

const cgroupText = async ({ cgroup, cgroupRoot }: MonitorConfig, found: boolean): Promise<string> => {
  if (cgroup === null) return 'none named (--cgroup), the VM as a whole is watched';
  const root = await describeCgroupRoot(cgroupRoot);
  if (found) return `${cgroup} present; ${root.message}`;
  return `${cgroup} missing, checked again every two seconds; ${root.message}`;
};

const pressureText = (sources: readonly string[]): string => {
  const present = sources.filter((line) => line.includes('pressure') && line.endsWith(': present'));
  return present.length > 0 ? present.join(', ') : 'missing, going without';
};

const postgresText = ({ pgconnstr, fileCacheOnDisk }: MonitorConfig): string =>
  pgconnstr === null
    ? 'none named (--pgconnstr), no file cache to size'
    : `connecting, to size its file cache ${fileCacheOnDisk ? 'on disk' : 'in memory'}`;

const PROTECT: Readonly<Record<MonitorConfig['protect'], string>> = {
  observe: 'nothing is written, sizes are only requested',
  tripwire: 'memory.high as an early warning',
  throttle: 'memory.high as an early warning; the fastest-growing backends are throttled while a grant is late',
  full: 'memory.high as an early warning; the fastest-growing backends are throttled, /dev/shm is capped, the largest statement is cancelled',
};

const protectText = ({ cgroup, protect, hardLimit }: MonitorConfig): string => {
  if (cgroup === null) return 'none without --cgroup, sizes are only requested';
  const limit = hardLimit && protect !== 'observe' ? '; memory.max as hard limit' : '';
  return `${PROTECT[protect]}${limit} (--protect ${protect})`;
};

/** What an operator should not overlook, one line each. */
export const accessWarnings = (config: MonitorConfig): readonly EventLine[] =>
  isOpenToAll(config) ? [warning('open access', { host: config.addr.host || 'any interface' })] : [];

/** Flags that are understood and have no effect yet. */
const idleFlags = ({ inspect }: MonitorConfig): readonly EventLine[] =>
  inspect === null ? [] : [info('flag ignored', { flag: '--inspect' })];

export const presenceLines = async (config: MonitorConfig, kernel: KernelSources): Promise<readonly EventLine[]> => {
  const { cgroup, protect } = config;
  const found = kernel.cgroupFound();
  return [
    info('cgroup', { cgroup, found, detail: await cgroupText(config, found) }),
    info('PSI', { detail: pressureText(kernel.describe()) }),
    info('Postgres', { detail: postgresText(config) }),
    info('protection', { protect, detail: protectText(config) }),
    ...idleFlags(config),
  ];
};
