/**
 * Whether those who are not throttled stand still. Those who are have left the managed cgroup, so its CPU time is the
 * others'. A lock, or a lightweight lock that the server's views do not explain, shows so: who waits uses no CPU.
 */

/** Others that used less than this before are too few to judge by. */
const BLOCKED_LEAST_CORES = 0.1;
/** Of what they used before: in a queue behind a lock nothing is left but timers. */
const BLOCKED_CPU_SHARE = 0.1;
/** So many looks one after the other: a client that pauses for less is no queue. */
const BLOCKED_LOOKS = 3;

export interface CpuLook {
  /** CPU time of the managed cgroup since its beginning. */
  readonly usageUs: number;
  /** Monotonic. */
  readonly atMs: number;
}

const coresBetween = (earlier: CpuLook, later: CpuLook): number =>
  (later.usageUs - earlier.usageUs) / 1000 / Math.max(1, later.atMs - earlier.atMs);

/**
 * Takes one look after the other. The text says since when they stand still; null: they do not, or it is not known.
 * @param coresBefore what the others used right before the throttle; null: not known
 */
export const createOthersCpu = (coresBefore: number | null): ((look: CpuLook) => string | null) => {
  let last: CpuLook | null = null;
  let stillLooks = 0;
  return (look) => {
    const before = last;
    last = look;
    if (before === null || coresBefore === null || coresBefore < BLOCKED_LEAST_CORES) return null;
    const cores = coresBetween(before, look);
    stillLooks = cores < BLOCKED_CPU_SHARE * coresBefore ? stillLooks + 1 : 0;
    if (stillLooks < BLOCKED_LOOKS) return null;
    return `the other processes of the cgroup use ${cores.toFixed(2)} CPUs, and used ${coresBefore.toFixed(2)} before`;
  };
};
