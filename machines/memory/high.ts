/** Whether a memory.high event is need or cache (rule R4). */
import type { CgroupReading } from '../events/readings';

/** Page cache alone can sit at memory.high for ever; this share of it must be anon + shmem to count. */
const UNRECLAIMABLE_FRACTION = 0.85;

/** memory.high was reached by memory that cannot be reclaimed. Without a known limit nothing is confirmed. */
export const confirmsHigh = (cgroup: CgroupReading | undefined): boolean =>
  cgroup?.highBytes !== undefined && cgroup.anonBytes + cgroup.shmemBytes >= UNRECLAIMABLE_FRACTION * cgroup.highBytes;
