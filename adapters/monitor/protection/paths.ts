/** Where protection writes: the managed cgroup, the throttle cgroup beside it, and our intent record of what we set. */
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';

/** One name for all: what is found under it was left by a monitor. */
const THROTTLE_CGROUP_NAME = 'vm-monitor-throttle';

export interface ProtectionPaths {
  /** The cgroup that Postgres runs in. */
  readonly managed: string;
  /** Its sibling, into which the fastest-growing backends are moved; it exists only during a throttle. */
  readonly throttleCgroup: string;
  /** Shows the next start, the watchdog process and `thaw` which limits are ours. */
  readonly intentFile: string;
  /** Changes while the monitor is well; the watchdog process looks at it. */
  readonly heartbeatFile: string;
}

/** As many hex digits as keep the cgroups of one machine apart. */
const KEY_DIGITS = 16;

/** @param managedCgroup path of the managed cgroup */
export const protectionPaths = (managedCgroup: string, runtimeDirectory: string): ProtectionPaths => {
  const managed = resolve(managedCgroup);
  const key = createHash('sha256').update(managed).digest('hex').slice(0, KEY_DIGITS);
  return {
    managed,
    throttleCgroup: join(dirname(managed), THROTTLE_CGROUP_NAME),
    intentFile: resolve(runtimeDirectory, `limits-${key}`),
    heartbeatFile: resolve(runtimeDirectory, `heartbeat-${key}`),
  };
};
