/** Which CPUs to bring online and which to take offline. */
import type { CpuRequest } from '../../../machines/monitor/events';

export interface GuestCpuState {
  /** Numbers of the CPUs that are there, and of those in use; ascending. */
  readonly present: readonly number[];
  readonly online: readonly number[];
}

export interface CpuPlan {
  /** How many are to be online in the end, at the least. */
  readonly target: number;
  readonly bringOnline: readonly number[];
  readonly takeOffline: readonly number[];
}

/** The boot CPU: kernels that can take it offline at all do not like to. */
const BOOT_CPU = 0;

/** Up: the lowest that are offline. Down: the highest that are online, never CPU 0, and never the last. */
export const planCpus = ({ present, online }: GuestCpuState, { count, surplus }: CpuRequest): CpuPlan => {
  const target = Math.max(1, count ?? present.length);
  const offline = present.filter((cpu) => !online.includes(cpu));
  const spare = surplus === 'offline' ? Math.max(0, online.length - target) : 0;
  return {
    target,
    bringOnline: offline.slice(0, Math.max(0, target - online.length)),
    takeOffline: online
      .filter((cpu) => cpu !== BOOT_CPU)
      .reverse()
      .slice(0, spare),
  };
};
