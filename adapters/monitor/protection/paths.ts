/** Where protection writes: the managed cgroup, the brake beside it, and our note of what we set. */
import { createHash } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';

/** One name for all: what is found under it was left by a monitor. */
const BRAKE_NAME = 'vm-monitor-brake';

export interface ProtectionPaths {
  /** The cgroup that Postgres runs in. */
  readonly managed: string;
  /** Its sibling, into which growers are moved; it exists only during a hold. */
  readonly brake: string;
  /** Tells the next start, the guard and `thaw` which limits are ours. */
  readonly intentFile: string;
  /** Changes while the monitor is well; the guard looks at it. */
  readonly heartFile: string;
}

/** As many hex digits as keep the cgroups of one machine apart. */
const KEY_DIGITS = 16;

/** @param managedCgroup path of the managed cgroup */
export const protectionPaths = (managedCgroup: string, runtimeDirectory: string): ProtectionPaths => {
  const managed = resolve(managedCgroup);
  const key = createHash('sha256').update(managed).digest('hex').slice(0, KEY_DIGITS);
  return {
    managed,
    brake: join(dirname(managed), BRAKE_NAME),
    intentFile: resolve(runtimeDirectory, `limits-${key}`),
    heartFile: resolve(runtimeDirectory, `heart-${key}`),
  };
};
